/** Deploys the example stack through the public API, as any user would, and shows it growing. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { awaitSettled, changeLines, type CloudAccess, openSession, type StackResource, stackClient } from '@hearth/client';
import { Failure, type Timers } from '@hearth/kernel';

const EXAMPLE_FILE = fileURLToPath(new URL('../../../examples/first-stack.yaml', import.meta.url));
const EXAMPLE_NAME = 'first-stack';
const LOOK_EVERY_MS = 250;
const TIMEOUT_MINUTES = 10;

export interface Stage {
  readonly timers: Timers;
  readonly print: (line: string) => void;
  /** Aborted once the user wants to stop. */
  readonly cancel: AbortSignal;
}

/** Creates the example when the project has no stack, else watches the one of that name. */
export async function deployExample(access: CloudAccess, stage: Stage): Promise<'complete' | 'failed' | 'cancelled'> {
  const begunAt = stage.timers.now();
  const client = stackClient(await openSession(access, stage.timers));
  const stacks = await client.list();
  const known = stacks.find((stack) => stack.name === EXAMPLE_NAME);
  if (stacks.length > 0 && known === undefined) {
    stage.print(`\nThere are stacks already (${stacks.map((stack) => stack.name).join(', ')}); the example is not deployed.`);
    return 'complete';
  }
  if (known === undefined) stage.print(`\nDeploying examples/first-stack.yaml as "${EXAMPLE_NAME}":`);
  const key =
    known ?? (await client.create(EXAMPLE_NAME, { template: readFileSync(EXAMPLE_FILE, 'utf8'), timeoutMinutes: TIMEOUT_MINUTES }));
  let seen: readonly StackResource[] = [];
  const stack = await awaitSettled(client, key, {
    timers: stage.timers,
    everyMs: LOOK_EVERY_MS,
    cancel: stage.cancel,
    onLook(_stack, resources) {
      for (const line of changeLines(seen, resources)) stage.print(line);
      seen = resources;
    },
  });
  if (stage.cancel.aborted) return 'cancelled';
  if (stack === null) throw new Failure('not-found', 'the example stack was deleted while it was being watched');
  const isComplete = stack.status.endsWith('_COMPLETE') && !stack.status.startsWith('ROLLBACK');
  const seconds = ((stage.timers.now() - begunAt) / 1_000).toFixed(1);
  stage.print(`${EXAMPLE_NAME} ${stack.status} after ${seconds} s${isComplete ? '' : `: ${stack.reason}`}`);
  return isComplete ? 'complete' : 'failed';
}
