/** The command `hearth` as a process of its own, as users run it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Surroundings {
  readonly variables?: Readonly<Record<string, string>>;
  /** Its working folder; that of the tests unless given. */
  readonly cwd?: string;
}

/** Without variables of the surroundings that name another cloud. */
export function runHearth(args: readonly string[], { variables = {}, cwd }: Surroundings = {}): Promise<Ended> {
  const clean = Object.entries(process.env).filter(([name]) => !/^(HEARTH|OS)_/.test(name));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', resolve('apps/cli/src/main.ts'), ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...Object.fromEntries(clean), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((ended) => child.once('close', (code) => ended({ code, out, err })));
}
