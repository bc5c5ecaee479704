/** The embedded server through everything that can happen to its folder and its process. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, silentLog } from '@hearth/kernel';
import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded.ts';
import { isAlive } from './process-identity.ts';

const FAST = { fsync: 'off', shared_buffers: '16MB' };
const isRoot = process.getuid?.() === 0;
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function freshFolder(mode = 0o700): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-embedded-'));
  chmodSync(folder, mode);
  folders.push(folder);
  return folder;
}

async function start(dataDir: string, more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog, settings: FAST, ...more });
  servers.push(server);
  return server;
}

/** The message of the failure that the start ends with. */
async function refusal(dataDir: string, more: Partial<EmbeddedPostgresOptions> = {}): Promise<Failure> {
  const error = await start(dataDir, more).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

async function ask<Row>(server: EmbeddedPostgres, text: string): Promise<readonly Row[]> {
  const database = await openDatabase({ connection: server.connection, log: silentLog, schema: 'public' });
  try {
    return await database.query<Row>({ text, values: [] });
  } finally {
    await database.close();
  }
}

/** Another process that starts the server of a folder and holds it until it is killed. */
async function startElsewhere(dataDir: string, as: { uid?: number; gid?: number } = {}): Promise<{ child: ChildProcess; pid: number }> {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)};
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log, settings: ${JSON.stringify(FAST)} });
    process.on('SIGTERM', () => server.stop().then(() => process.exit(0)));
    // Last: who hears it may send the signal at once.
    console.log('ready ' + server.pid());
    setInterval(quiet, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', ...as });
  children.push(child);
  let said = '';
  child.stdout?.on('data', (part: Buffer) => {
    said += part.toString();
  });
  child.stderr?.on('data', (part: Buffer) => {
    said += part.toString();
  });
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 20) {
    const pid = /ready (\d+)/.exec(said)?.[1];
    if (pid !== undefined) return { child, pid: Number(pid) };
    if (child.exitCode !== null) break;
    await sleep(20);
  }
  throw new Error(`the other process did not start a server: ${said}`);
}

async function gone(pid: number): Promise<void> {
  for (let waitedMs = 0; isAlive(pid) && waitedMs < 60_000; waitedMs += 10) await sleep(10);
  expect(isAlive(pid)).toBe(false);
}

describe('start and stop', () => {
  test('inside a folder that only its owner enters; the data is there again after a restart', async () => {
    const dataDir = join(freshFolder(0o700), 'data');
    const first = await start(dataDir);
    await ask(first, 'create table kept (value text)');
    await ask(first, "insert into kept values ('here')");
    await first.stop();
    expect(existsSync(join(first.socketFolder, '.s.PGSQL.5432'))).toBe(false);
    const second = await start(dataDir);
    expect(second.adopted).toBe(false);
    expect(await ask(second, 'select value from kept')).toEqual([{ value: 'here' }]);
  });

  test('nobody else gets in: modes, no TCP, a password', async () => {
    const dataDir = join(freshFolder(0o755), 'data');
    const server = await start(dataDir);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'database', 'cluster')).mode & 0o777).toBe(0o700);
    expect(statSync(server.passwordFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(server.passwordFile, 'utf8').trim().length).toBeGreaterThanOrEqual(32);
    expect(await ask(server, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
    expect(await ask(server, "select distinct type, auth_method from pg_hba_file_rules where type = 'local'")).toEqual([
      { type: 'local', auth_method: 'scram-sha-256' },
    ]);
    expect(readdirSync(join(dataDir, 'database')).filter((name) => name.startsWith('unfinished'))).toEqual([]);
  });

  test('durable unless told otherwise', async () => {
    const server = await startEmbeddedPostgres({ dataDir: join(freshFolder(), 'data'), log: silentLog });
    servers.push(server);
    const rows = await ask(
      server,
      "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by name",
    );
    expect(rows).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
  });

  test('a path too long for a socket gets a short private folder, gone after the stop', async () => {
    const dataDir = join(freshFolder(), 'a'.repeat(60), 'b'.repeat(60), 'data');
    const server = await start(dataDir);
    expect(server.socketFolder.startsWith(dataDir)).toBe(false);
    expect(statSync(server.socketFolder).mode & 0o777).toBe(0o700);
    expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(existsSync(server.socketFolder)).toBe(false);
  });
});

describe('after a kill', () => {
  test('a server whose parent was killed is adopted, and stopped in the end', async () => {
    const dataDir = join(freshFolder(), 'data');
    const { child, pid } = await startElsewhere(dataDir);
    child.kill('SIGKILL');
    await gone(child.pid as number);
    expect(isAlive(pid)).toBe(true);
    const server = await start(dataDir);
    expect(server.adopted).toBe(true);
    expect(server.pid()).toBe(pid);
    expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('the same with a far socket folder, which is remembered', async () => {
    const dataDir = join(freshFolder(), 'a'.repeat(120), 'data');
    const { child, pid } = await startElsewhere(dataDir);
    child.kill('SIGKILL');
    await gone(child.pid as number);
    const server = await start(dataDir);
    expect([server.adopted, server.pid()]).toEqual([true, pid]);
    await server.stop();
    expect(existsSync(server.socketFolder)).toBe(false);
  });

  test('parent and server both killed: acknowledged rows are there, stale files are no obstacle', async () => {
    const dataDir = join(freshFolder(), 'data');
    const { child, pid } = await startElsewhere(dataDir);
    child.kill('SIGKILL');
    await gone(child.pid as number);
    const between = await start(dataDir);
    await ask(between, 'create table kept as select 7 as seven');
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    // The supervisor may already be at it; a start in this process is refused until it has been stopped.
    await between.stop();
    const server = await start(dataDir);
    expect(await ask(server, 'select seven from kept')).toEqual([{ seven: 7 }]);
  });

  test('a postmaster.pid whose number now belongs to another process is no obstacle', async () => {
    const dataDir = join(freshFolder(), 'data');
    const first = await start(dataDir);
    const pidFile = join(dataDir, 'database', 'cluster', 'postmaster.pid');
    const recorded = readFileSync(pidFile, 'utf8').split('\n');
    await first.stop();
    // Of the account that runs the server: PostgreSQL ignores what belongs to other accounts.
    const owner = statSync(join(dataDir, 'database', 'cluster'));
    const stranger = spawn('sleep', ['60'], { uid: owner.uid, gid: owner.gid });
    children.push(stranger);
    writeFileSync(pidFile, [String(stranger.pid), ...recorded.slice(1)].join('\n'));
    const lockFile = join(first.socketFolder, '.s.PGSQL.5432.lock');
    writeFileSync(lockFile, [String(stranger.pid), ...recorded.slice(1)].join('\n'));
    const server = await start(dataDir);
    expect(server.adopted).toBe(false);
    expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(isAlive(stranger.pid as number)).toBe(true);
  });

  test('a server that dies is started again while we run', async () => {
    const server = await start(join(freshFolder(), 'data'));
    const database = await openDatabase({ connection: server.connection, log: silentLog, schema: 'public' });
    try {
      await database.query({ text: 'create table kept as select 7 as seven', values: [] });
      const before = server.pid();
      process.kill(before, 'SIGKILL');
      let failures = 0;
      const until = performance.now() + 15_000;
      for (;;) {
        try {
          expect(await database.query({ text: 'select seven from kept', values: [] })).toEqual([{ seven: 7 }]);
          if (server.pid() !== before) break;
        } catch (error) {
          expect(error).toMatchObject({ name: 'Failure', code: 'unavailable' });
          failures++;
        }
        if (performance.now() > until) throw new Error('the server did not come back');
        await sleep(20);
      }
      expect(failures).toBeGreaterThan(0);
    } finally {
      await database.close();
    }
  });
});

describe('refused with the reason', () => {
  test('a second start on the same folder names the process that has it', async () => {
    const dataDir = join(freshFolder(), 'data');
    const { child } = await startElsewhere(dataDir);
    const error = await refusal(dataDir);
    expect(error.code).toBe('configuration');
    expect(error.message).toContain(`process ${child.pid}`);
    expect(error.message).toContain('--data');
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
    expect((await start(dataDir)).adopted).toBe(false);
  });

  test('twice in one process too', async () => {
    const dataDir = join(freshFolder(), 'data');
    await start(dataDir);
    expect((await refusal(dataDir)).message).toContain('already open in this process');
  });

  test('a cluster of another major version', async () => {
    const dataDir = join(freshFolder(), 'data');
    await (await start(dataDir)).stop();
    writeFileSync(join(dataDir, 'database', 'cluster', 'PG_VERSION'), '13\n');
    const error = await refusal(dataDir);
    expect(error).toMatchObject({ code: 'configuration' });
    expect(error.message).toMatch(/made by PostgreSQL 13.*version 18.*--pg-bin/s);
    // Nothing is left locked: put right, it starts.
    writeFileSync(join(dataDir, 'database', 'cluster', 'PG_VERSION'), '18\n');
    await start(dataDir);
  });

  test('programs that are not there', async () => {
    const error = await refusal(join(freshFolder(), 'data'), { binDir: '/nowhere/bin' });
    expect(error).toMatchObject({ code: 'configuration' });
    expect(error.message).toContain('/nowhere/bin');
  });

  test('a password file that was lost', async () => {
    const dataDir = join(freshFolder(), 'data');
    const server = await start(dataDir);
    await server.stop();
    rmSync(server.passwordFile);
    expect((await refusal(dataDir)).message).toContain('Restore the file from a backup');
  });

  test('a password file of another database', async () => {
    const dataDir = join(freshFolder(), 'data');
    const server = await start(dataDir);
    await server.stop();
    writeFileSync(server.passwordFile, 'another\n');
    const error = await refusal(dataDir);
    expect(error.message).toContain('does not belong to it');
    expect(error.message).not.toContain('another\n');
    // It did not leave the server running.
    const pidFile = join(dataDir, 'database', 'cluster', 'postmaster.pid');
    for (let waitedMs = 0; existsSync(pidFile) && waitedMs < 5000; waitedMs += 20) await sleep(20);
    expect(existsSync(pidFile)).toBe(false);
  });

  test('a server that does not start: its own last words are in the message', async () => {
    const dataDir = join(freshFolder(), 'data');
    const error = await refusal(dataDir, { settings: { ...FAST, shared_buffers: 'plenty' } });
    expect(error.code).toBe('unavailable');
    expect(error.message).toContain('invalid value for parameter "shared_buffers"');
    expect(error.message).toContain('server.log');
  });

  test('a data folder that is a file', async () => {
    const file = join(freshFolder(), 'data');
    writeFileSync(file, '');
    expect(await refusal(file)).toMatchObject({ code: 'configuration' });
  });
});

describe.runIf(isRoot)(isRoot ? 'as root' : 'as root (left out: only root can change accounts)', () => {
  test('the server runs under an unprivileged account without further groups', async () => {
    const server = await start(join(freshFolder(0o700), 'data'));
    const status = readFileSync(`/proc/${server.pid()}/status`, 'utf8');
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
    expect(/^Groups:[ \t]*(.*)$/m.exec(status)?.[1]?.trim()).toBe('');
  });

  test('an ordinary user in a folder of their own; root may take it over and gives nothing of it away', async () => {
    const home = freshFolder(0o700);
    const data = join(home, 'data');
    spawnSync('chown', ['65534:65534', home]);
    const { child, pid } = await startElsewhere(data, { uid: 65534, gid: 65534 });
    expect(statSync(join(data, 'database', 'cluster')).uid).toBe(65534);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
    await gone(pid);
    const server = await start(data);
    expect(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid()}/status`, 'utf8'))?.[1]).toBe('65534');
    // A disk that is busy with something else may keep PostgreSQL at its last checkpoint for long.
  }, 120_000);

  test('a folder of somebody else is refused', async () => {
    const parent = freshFolder(0o755);
    const data = join(parent, 'data');
    mkdirSync(data, { mode: 0o755 });
    const error = await startElsewhere(data, { uid: 65534, gid: 65534 }).then(
      () => '',
      (thrown: unknown) => String(thrown),
    );
    expect(error).toContain('belongs to user 0, and this is user 65534');
  });

  test('programs in a folder that the account cannot enter are copied to one that it can', async () => {
    const closed = freshFolder(0o700);
    const shared = join(freshFolder(0o755), 'cache');
    const { readyBinaries } = await import('./binaries.ts');
    const account = { name: 'nobody', uid: 65534, gid: 65534 };
    const packaged = readyBinaries({ binDir: null, account: null, privateFolder: closed, sharedFolders: [] });
    const native = join(closed, 'package', 'native');
    mkdirSync(join(closed, 'package'));
    spawnSync('cp', ['-r', join(packaged.binDir, '..'), native]);
    writeFileSync(join(closed, 'package', 'package.json'), '{"version": "18.0.0"}');
    const ready = readyBinaries({ binDir: null, account, privateFolder: closed, sharedFolders: [shared], packagedAt: native });
    expect(ready.binDir.startsWith(shared)).toBe(true);
    expect(statSync(ready.binDir).uid).toBe(0);
    // The second time it is there.
    const inode = statSync(join(ready.binDir, 'postgres')).ino;
    const again = readyBinaries({ binDir: null, account, privateFolder: closed, sharedFolders: [shared], packagedAt: native });
    expect(statSync(join(again.binDir, 'postgres')).ino).toBe(inode);
    const server = await start(join(closed, 'data'), { binDir: ready.binDir });
    expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});
