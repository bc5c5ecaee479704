/** Deploys the example stack through the public API, as any user would, and shows it growing. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Failure, type Timers } from '@hearth/kernel';
import type { Member } from './member.ts';

const EXAMPLE_FILE = fileURLToPath(new URL('../../../examples/first-stack.yaml', import.meta.url));
const EXAMPLE_NAME = 'first-stack';
const LOOK_EVERY_MS = 250;

export interface Stage {
  readonly timers: Timers;
  readonly print: (text: string) => void;
  readonly isTty: boolean;
  /** True once the user wants to stop. */
  readonly isCancelled: () => boolean;
}

/** Creates the example when the project has no stack, else watches the one of that name. */
export async function deployExample(member: Member, stage: Stage): Promise<'complete' | 'failed' | 'cancelled'> {
  const begun = stage.timers.now();
  const stacks = await member.stacks();
  if (stacks.length === 0) {
    stage.print('\nDeploying examples/first-stack.yaml as "first-stack":\n');
    await member.create(EXAMPLE_NAME, readFileSync(EXAMPLE_FILE, 'utf8'));
  } else if (!stacks.some((stack) => stack.name === EXAMPLE_NAME)) {
    stage.print(`\nThere are stacks already (${stacks.map((stack) => stack.name).join(', ')}); the example is not deployed.\n`);
    return 'complete';
  }
  const status = await watch(member, stage);
  if (status === null) return 'cancelled';
  const seconds = ((stage.timers.now() - begun) / 1_000).toFixed(1);
  stage.print(`${EXAMPLE_NAME} ${status.status} after ${seconds} s${status.status.endsWith('FAILED') ? `: ${status.reason}` : ''}\n`);
  return status.status === 'CREATE_COMPLETE' || status.status === 'UPDATE_COMPLETE' ? 'complete' : 'failed';
}

/** One line per change of a resource, until the stack settles. */
async function watch(member: Member, stage: Stage): Promise<{ status: string; reason: string } | null> {
  const shown = new Map<string, string>();
  for (;;) {
    if (stage.isCancelled()) return null;
    const stack = await member.show(EXAMPLE_NAME);
    if (stack === null) throw new Failure('not-found', 'the example stack was deleted while it was being watched');
    for (const resource of await member.resources(stack)) {
      if (resource.status.startsWith('INIT') || shown.get(resource.name) === resource.status) continue;
      shown.set(resource.name, resource.status);
      stage.print(`  ${mark(resource.status)} ${resource.name.padEnd(14)} ${resource.type.padEnd(22)} ${resource.status}\n`);
    }
    if (!stack.status.endsWith('IN_PROGRESS')) return { status: stack.status, reason: stack.reason };
    await stage.timers.sleep(LOOK_EVERY_MS);
  }
}

const mark = (status: string): string => (status.endsWith('COMPLETE') ? '✓' : status.endsWith('FAILED') ? '✗' : '·');
