/** The command `hearth` as a process of its own, as users and operators run it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Both, as they came. */
  readonly text: string;
}

interface Surroundings {
  readonly variables?: Readonly<Record<string, string>>;
  /** Its working folder; that of the tests unless given. */
  readonly cwd?: string;
}

/** What asks a server. */
export const runHearth = (args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> =>
  run('apps/cli/src/main.ts', args, surroundings);

/** What is a server, or looks after the database of one: `start`, `serve`, `keys`, `state`. */
export const runServer = (args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  run('apps/server/src/main.ts', args, { variables });

/** Without variables of the surroundings that name another cloud. */
function run(program: string, args: readonly string[], { variables = {}, cwd }: Surroundings): Promise<Ended> {
  const clean = Object.entries(process.env).filter(([name]) => !/^(HEARTH|OS)_/.test(name));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', resolve(program), ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...Object.fromEntries(clean), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    text += chunk.toString();
  });
  return new Promise((ended) => child.once('close', (code) => ended({ code, out, err, text })));
}
