/** `hearth watch NAME`: shows what goes on in a stack, nested stacks included, until it has settled. */
import { isSettled } from '@hearth/client';
import { connectAll, type Where } from '../connect.ts';
import type { Console } from '../console.ts';
import { presentStack, tellGone } from './stack-presence.ts';
import { endLines, jsonOf, outputLines } from './stack-text.ts';
import { standpoint, watch } from './watch.ts';

export async function watchStack(nameOrId: string, where: Where, console: Console): Promise<number> {
  const clients = await connectAll(where);
  const stack = await presentStack(clients.stacks, nameOrId);
  const from = await standpoint(clients, stack);
  // Looked at again behind the standpoint: what ended before it would never be told.
  const again = await clients.stacks.show(stack.id);
  const ended = again === null || isSettled(again.status) ? again : await watch(clients, stack, from, console);
  if (ended === null) return tellGone(stack, console);
  console.result(jsonOf(ended, console.json ? await clients.stacks.resources(stack) : []));
  if (!isSettled(ended.status)) {
    console.line(`\nNo longer watching; "${stack.name}" goes on.`);
    return 130;
  }
  const isGood = ended.status.endsWith('_COMPLETE');
  for (const line of endLines(ended, isGood)) console.line(line);
  for (const line of outputLines(ended.outputs)) console.line(line);
  return isGood ? 0 : 1;
}
