/** What `start` and `serve` do, from opening the data folder to the clean stop. */
import { Failure, messageOf } from '@hearth/kernel';
import { startServer, type RunningServer } from './compose.ts';
import { deployExample } from './example.ts';
import { systemTimers } from './system-ports.ts';
import type { Settings } from './settings.ts';

interface StartOptions {
  readonly once: boolean;
  readonly example: boolean;
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** npm, a launcher and a terminal may each deliver the same wish. */
const SAME_WISH_MS = 500;

/** Resolves at the first signal to stop; another one, later, ends the process at once. */
function stopRequested(): { readonly promise: Promise<string>; readonly signal: AbortSignal } {
  const abort = new AbortController();
  let requestedAt: number | null = null;
  const promise = new Promise<string>((resolve) => {
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        if (requestedAt !== null && systemTimers.now() - requestedAt > SAME_WISH_MS) process.exit(130);
        requestedAt ??= systemTimers.now();
        abort.abort();
        resolve(signal);
      });
    }
  });
  return { promise, signal: abort.signal };
}

export async function serve(settings: Settings): Promise<number> {
  const stop = stopRequested();
  const server = await startServer(settings, (line) => console.log(line));
  printEndpoints(server);
  await stop.promise;
  await stopServer(server);
  return 0;
}

export async function start(settings: Settings, options: StartOptions): Promise<number> {
  if (options.once && !(options.example && settings.roles.has('minicloud') && settings.roles.has('api')))
    throw new Failure(
      'configuration',
      '--once waits for the example stack, which needs the embedded cloud (no HEARTH_KEYSTONE_AUTH_URL, all roles) and no --no-example.',
    );
  const stop = stopRequested();
  const server = await startServer(settings, (line) => console.log(line));
  let code = 0;
  try {
    if (options.example && server.member !== null) {
      const outcome = await deployExample(server.member, { timers: systemTimers, print: (line) => console.log(line), cancel: stop.signal });
      if (options.once) {
        code = outcome === 'complete' ? 0 : 1;
        return code;
      }
    }
    if (!stop.signal.aborted) {
      printEndpoints(server);
      console.log('\nPress Ctrl-C to stop; the next start goes on where this one ends.');
    }
    await stop.promise;
  } finally {
    await stopServer(server);
  }
  return code;
}

async function stopServer(server: RunningServer): Promise<void> {
  try {
    await server.stop();
  } catch (error) {
    console.error(`hearth: the stop was not clean: ${messageOf(error)}`);
  }
}

function printEndpoints({ ready, dataDir, member, cloudTrouble }: RunningServer): void {
  console.log(`
Orchestration (Heat)  ${ready.orchestration ?? '-'}
Identity (Keystone)   ${ready.identity ?? '-'}
Data folder           ${dataDir}`);
  if (cloudTrouble !== null)
    console.error(`
hearth: the cloud at ${ready.identity} cannot be used: ${cloudTrouble}.
What to do: check the HEARTH_KEYSTONE_* settings and that Keystone runs; stacks wait, and requests are answered with an error, until it can.`);
  if (member === null) return;
  console.log(`
Point the stock client at it:
  export OS_CLIENT_CONFIG_FILE=${dataDir}/clouds.yaml OS_CLOUD=hearth
  openstack stack list
  openstack server list`);
}
