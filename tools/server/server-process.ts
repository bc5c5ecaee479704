/** A Hearth server as a child process on free ports with its own data folder: started, found ready, killed or stopped by id. For tests and benchmarks. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Below the time that hooks of tests have, so that it is said what the server was at. */
const READY_TIMEOUT_MS = 110_000;
const END_TIMEOUT_MS = 20_000;

export interface ReadyFile {
  readonly pid: number;
  readonly orchestration: string | null;
  readonly identity: string | null;
}

export interface ServerProcess {
  readonly pid: number;
  readonly dataDir: string;
  readonly ready: ReadyFile;
  /** What it printed so far. */
  output(): string;
  /** SIGTERM, then wait for its end. Resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it stands still, and knows nothing of it. */
  pause(): void;
  /** SIGCONT. */
  go(): void;
  /** Its end in any way, whatever state it is in. */
  end(): Promise<void>;
}

export interface ServerOptions {
  readonly dataDir: string;
  readonly arguments?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

export const temporaryFolder = (name: string): string => mkdtempSync(join(tmpdir(), `hearth-${name}-`));
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** The environment without settings of an outer Hearth, so that a test sees only its own. */
function cleanVariables(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HEARTH_')));
}

export async function startServer({ dataDir, arguments: extra = [], variables = {} }: ServerOptions): Promise<ServerProcess> {
  rmSync(join(dataDir, 'ready.json'), { force: true });
  const command = [join(ROOT, 'apps/server/src/main.ts'), 'serve', '--data', dataDir, '--port', '0', '--cloud-port', '0', ...extra];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...command], {
    cwd: ROOT,
    env: { ...cleanVariables(), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-200_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const ready = await untilReady(child, join(dataDir, 'ready.json'), () => output);
  return {
    pid: child.pid as number,
    dataDir,
    ready,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    pause: () => void child.kill('SIGSTOP'),
    go: () => void child.kill('SIGCONT'),
    async end() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function untilReady(child: ChildProcess, file: string, output: () => string): Promise<ReadyFile> {
  const end = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended before it was ready:\n${output()}`);
    if (existsSync(file)) {
      const ready = JSON.parse(readFileSync(file, 'utf8')) as ReadyFile;
      if (ready.pid === child.pid) return ready;
    }
    if (Date.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`the server was not ready within ${READY_TIMEOUT_MS / 1000} s:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
