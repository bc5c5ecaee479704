/** Waiting for the end of what was asked for last, as a guest of the stack would too, and asking whether it is what it had to be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type AskedStack, type StackBody, unexpected, type Wanted } from './asked-stack.ts';
import { type Definition, HANDLE, isSignalled, resourcesOf } from './definitions.ts';
import { bringBack } from './ways-back.ts';

const SETTLE_MS = 180_000;
const LOOK_EVERY_MS = 200;
const LOOKS_PER_SIGNAL = 4;
const MOST_MENDS = 5;

export async function settle(stack: AskedStack): Promise<void> {
  if (stack.wanted === null || stack.isSettled) return;
  for (let mends = 0; ; mends++) {
    const body = await untilEnded(stack, stack.wanted.states);
    const { states, definitions } = stack.wanted;
    if (!states.includes(body.stack_status))
      throw new Error(`ended ${body.stack_status} (${body.stack_status_reason}), wanted ${states.join(' or ')}`);
    stack.state = body.stack_status;
    stack.present = null;
    if (body.stack_status === 'DELETE_COMPLETE') return gone(stack, stack.wanted);
    if (!body.stack_status.endsWith('COMPLETE') || definitions === null) break;
    const found = await compare(stack, body, definitions, stack.wanted.skipped ?? []);
    if (!(await isUnseen(stack, found))) {
      stack.present = found;
      break;
    }
    if (mends === MOST_MENDS) throw new Error(`could not be looked at in ${MOST_MENDS} attempts to bring it back`);
    await bringBack(stack, found);
  }
  stack.isSettled = true;
}

async function untilEnded(stack: AskedStack, wanted: readonly string[]): Promise<StackBody> {
  const end = Date.now() + SETTLE_MS;
  const hasGuest = [...stack.definitions()].some(isSignalled);
  for (let looks = 1; ; looks++) {
    const body = await stack.look();
    if (!body.stack_status.endsWith('IN_PROGRESS')) return body;
    if (Date.now() > end) throw new Error(`stuck in ${body.stack_status} for ${SETTLE_MS} ms (wanted ${wanted.join(' or ')})`);
    // Whether anything waits for it is not the guest's business.
    if (hasGuest && looks % LOOKS_PER_SIGNAL === 0) await stack.heat('POST', `/resources/${HANDLE}/signal`, { id: 'guest', data: 'done' });
    await sleep(LOOK_EVERY_MS);
  }
}

async function gone(stack: AskedStack, { retained = [] }: Wanted): Promise<void> {
  const answer = await stack.hearth('GET', '/leftovers');
  if (answer.status !== 200) throw unexpected('leftovers', answer);
  const left = (answer.body as { leftovers: { resource_name: string; reason: string }[] }).leftovers;
  const wrong = left.filter((one) => !retained.includes(one.resource_name));
  if (wrong.length > 0)
    throw new Error(`the deletion left ${wrong.map((one) => `${one.resource_name} (${one.reason})`).join(', ')} in the cloud`);
  stack.id = null;
  stack.isSettled = true;
}

async function compare(
  stack: AskedStack,
  body: StackBody,
  candidates: readonly Definition[],
  skipped: readonly string[],
): Promise<Definition> {
  const generation = Number(body.outputs?.find((output) => output.output_key === 'generation')?.output_value);
  const found = candidates.find((one) => one.generation === generation);
  if (found === undefined)
    throw new Error(`${body.stack_status} is generation ${generation}, wanted ${candidates.map((one) => one.generation).join(' or ')}`);
  stack.completed = [found];
  const listed = await stack.resources();
  const names = listed.map((one) => one.resource_name).sort();
  const wanted = resourcesOf(found);
  if (JSON.stringify(names) !== JSON.stringify(wanted)) throw new Error(`has ${names.join(' ')}, wanted ${wanted.join(' ')}`);
  const unwell = listed.filter((one) => !one.resource_status.endsWith('COMPLETE') && !skipped.includes(one.resource_name));
  if (unwell.length > 0)
    throw new Error(`${body.stack_status} with ${unwell.map((one) => `${one.resource_name} ${one.resource_status}`).join(', ')}`);
  return found;
}

/** True when the port is not as it is wanted, because the cloud did not answer the look that was to tell so. */
async function isUnseen(stack: AskedStack, { generation }: Definition): Promise<boolean> {
  const port = (await stack.resources()).find(({ resource_name: name }) => name === 'port');
  const shown = await stack.network('GET', `/ports/${port?.physical_resource_id}`);
  const { name } = (shown.body as { port?: { name: string } }).port ?? {};
  if (name === `named-${generation}`) return false;
  const report = await stack.hearth('GET', '/drift');
  const seen = (report.body as { resources?: { path: string; state: string }[] }).resources?.find(({ path }) => path === 'port');
  if (seen?.state === 'unknown') return true;
  throw new Error(`the port is ${name ?? JSON.stringify(shown.body)}, wanted named-${generation}; it is told to be ${seen?.state}`);
}
