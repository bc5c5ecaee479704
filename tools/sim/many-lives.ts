/** Many seeded lives: in memory in as many processes as there are processors, or through the production port on a PostgreSQL of its own. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, silentLog } from '@hearth/kernel';
import { createSecretBox, migrate, openDatabase, orchestrationMigrations, startEmbeddedPostgres } from '@hearth/store';
import { livesOnPostgres } from './postgres-lives.ts';
import type { LifeReport } from './simulate.ts';

/** Below this a second process costs more than it saves. */
const FEW = 200;
/** Lives leave much behind that is soon of no use, and most failures are part of them. */
const FOR_MANY = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=64', '--stack-trace-limit=0'];
const LOST_ON_POWER_CUT = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export async function livesInMemory(seeds: readonly number[], onLife: (life: LifeReport) => void): Promise<void> {
  const processes = seeds.length < FEW ? 1 : availableParallelism();
  await Promise.all(
    Array.from({ length: processes }, (_, at) =>
      livesApart(
        seeds.filter((_seed, i) => i % processes === at),
        onLife,
      ),
    ),
  );
}

function livesApart(seeds: readonly number[], onLife: (life: LifeReport) => void): Promise<void> {
  const child = fork(join(import.meta.dirname, 'lives-apart.ts'), { execArgv: FOR_MANY });
  child.on('message', (lives) => {
    for (const life of lives as readonly LifeReport[]) onLife(life);
  });
  child.send(seeds);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`a process of lives ended with ${code}`))));
  });
}

export async function onPostgres(seeds: readonly number[], onLife: (life: LifeReport) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-sim-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: silentLog, settings: LOST_ON_POWER_CUT });
  try {
    const password = new Secret(readFileSync(server.passwordFile, 'utf8').trim());
    const connection = { kind: 'socket', folder: server.socketFolder, user: 'hearth', password, database: 'hearth' } as const;
    const source = orchestrationMigrations();
    const database = await openDatabase({ connection, log: silentLog, schema: source.schema, poolSize: 8 });
    await migrate(database, source);
    await livesOnPostgres(database, createSecretBox(randomBytes(32)), seeds, onLife);
    await database.close();
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
