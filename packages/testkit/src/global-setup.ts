/**
 * Vitest's global set-up: one PostgreSQL for the whole run, in a folder of its own, started when the first test wants it and gone
 * with its folder at the end.
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, silentLog } from '@hearth/kernel';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@hearth/store';
import type { TestProject } from 'vitest/node';
import { FAILED, READY, WANTED, type TestServerReady } from './test-server.ts';

const LOOK_MS = 20;
/** Tests end in seconds: what a power cut would lose is of no interest, and eight test files share the disk. */
const TEST_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** Gives vitest the teardown to call at the end. */
export function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'));
  let starting: Promise<EmbeddedPostgres | null> | null = null;
  const look = setInterval(() => {
    if (starting !== null || !existsSync(join(folder, WANTED))) return;
    clearInterval(look);
    starting = start(folder);
  }, LOOK_MS);
  look.unref();
  project.provide('hearthTestServer', { folder });

  return async () => {
    clearInterval(look);
    const server = await starting;
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function start(folder: string): Promise<EmbeddedPostgres | null> {
  try {
    const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: silentLog, settings: TEST_SETTINGS });
    const ready: TestServerReady = { socketFolder: server.socketFolder, password: readFileSync(server.passwordFile, 'utf8').trim() };
    writeWhole(join(folder, READY), JSON.stringify(ready));
    return server;
  } catch (error) {
    writeWhole(join(folder, FAILED), messageOf(error));
    return null;
  }
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.draft`, text, { mode: 0o600 });
  renameSync(`${file}.draft`, file);
}
