/** The data folder of a server on this machine: where it is, whether that server runs, and what it wrote for clients. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure, isJsonObject, type Json, messageOf } from '@hearth/kernel';
import { load } from 'js-yaml';

/** The part of ready.json that clients use; base addresses without a project. */
export interface Ready {
  readonly pid: number;
  readonly orchestration: string | null;
  readonly identity: string | null;
}

const ROOT = resolve(import.meta.dirname, '../../..');

/** `--data`, else HEARTH_DATA, else .hearth here, else .hearth of the checkout. */
export function dataFolder(flag: string | undefined): string {
  const named = flag ?? process.env['HEARTH_DATA'];
  if (named !== undefined && named !== '') return resolve(named);
  const here = resolve('.hearth');
  return existsSync(here) ? here : join(ROOT, '.hearth');
}

/** ready.json, as far as it can be read; null when there is none. */
export function readReady(folder: string): Ready | null {
  const file = join(folder, 'ready.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new Failure('configuration', `${file} cannot be read (${messageOf(error)}); run as the account that started the server`);
  }
  const ready = parseJson(text);
  if (!isJsonObject(ready) || typeof ready['pid'] !== 'number') {
    throw new Failure('configuration', `${file} is damaged; stop the server, remove the file and start again`);
  }
  const address = (key: string): string | null => (typeof ready[key] === 'string' ? ready[key] : null);
  return { pid: ready['pid'], orchestration: address('orchestration'), identity: address('identity') };
}

/** ready.json of a server that runs; otherwise a `Failure` that says how to start one. */
export function requireServer(folder: string): Ready {
  const ready = readReady(folder);
  if (ready === null)
    throw new Failure(
      'unavailable',
      `no server is running on ${folder} (there is no ready.json); start one with "npm start", or name its folder with --data`,
    );
  if (!isAlive(ready.pid))
    throw new Failure(
      'unavailable',
      `the server of ${folder} is gone (process ${ready.pid} ended without a clean stop); start it again with "npm start": it resumes`,
    );
  return ready;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** A YAML or JSON file as a value. */
export function readYaml(file: string): Json {
  try {
    return (load(readFileSync(file, 'utf8')) ?? null) as Json;
  } catch (error) {
    throw new Failure('configuration', `${file} cannot be read: ${messageOf(error).split('\n')[0]}`);
  }
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
