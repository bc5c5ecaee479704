/**
 * The stock `openstack` client as one long-lived process that runs its own entry point for each command (cloud-shell.py): the same client
 * without the seconds each start takes, several commands at once, and with every HTTP exchange noted.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { clientPython } from '../test/needs.ts';

/** One HTTP exchange as the client saw it. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly sent: string | null;
  /** What the client asked for in `OpenStack-API-Version`. */
  readonly microversion: string | null;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null for downloaded content, which is not kept. */
  readonly body: string | null;
}

export interface CommandEnd {
  /** Exit code; negative is the number of the signal that ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly exchanges: readonly Exchange[];
}

export interface CloudShell {
  /** Runs `openstack …` for a cloud of the file. */
  run(cloudsFile: string, cloud: string, argv: readonly string[]): Promise<CommandEnd>;
  close(): Promise<void>;
}

const COMMAND_LIMIT_SECONDS = 180;
const START_LIMIT_MS = 60_000;
/** The code of commands that were under way when the client's process ended. */
const PROCESS_GONE = -1;

/** `folder`: where outputs of running commands lie. */
export async function startCloudShell(folder: string): Promise<CloudShell> {
  const python = clientPython();
  if (python === null) throw new Error('the program "openstack" is not installed');
  const child = spawn(python, [path.join(import.meta.dirname, 'cloud-shell.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const waiting = new Map<number, (code: number) => void>();
  await untilReady(child, (id, code) => waiting.get(id)?.(code));
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
    for (const end of waiting.values()) end(PROCESS_GONE);
  });
  let last = 0;
  return {
    async run(cloudsFile, cloud, argv) {
      last += 1;
      const id = last;
      const own = path.join(folder, `command-${id}`);
      mkdirSync(own, { recursive: true });
      const env = { OS_CLIENT_CONFIG_FILE: cloudsFile, OS_CLOUD: cloud, PYTHONWARNINGS: 'ignore' };
      const code = await new Promise<number>((resolve) => {
        if (hasEnded) return resolve(PROCESS_GONE);
        waiting.set(id, resolve);
        child.stdin.write(`${JSON.stringify({ id, argv, env, folder: own, limitSeconds: COMMAND_LIMIT_SECONDS })}\n`);
      });
      waiting.delete(id);
      const end: CommandEnd = {
        code,
        stdout: textIn(path.join(own, 'out')),
        stderr: textIn(path.join(own, 'err')),
        exchanges: JSON.parse(textIn(path.join(own, 'calls.json')) || '[]') as Exchange[],
      };
      rmSync(own, { recursive: true, force: true });
      return end;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Resolves at the process's first word; from then on each end of a command is handed to `ended`, and its own end ends all that wait. */
function untilReady(child: Child, ended: (id: number, code: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('the stock client was not ready in time')), START_LIMIT_MS);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`the stock client's process ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as { ready?: boolean; id?: number; code?: number };
      if (message.ready === true) {
        clearTimeout(limit);
        resolve();
      } else if (message.id !== undefined) ended(message.id, message.code ?? -1);
    });
  });
}
