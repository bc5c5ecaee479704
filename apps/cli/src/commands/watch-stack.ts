/** `hearth watch NAME`: shows what goes on in a stack, nested stacks included, until it has settled. */
import { isSettled } from '@hearth/client';
import { Failure } from '@hearth/kernel';
import { connectAll, type Where } from '../connect.ts';
import type { Console } from '../console.ts';
import { endLines, jsonOf, outputLines } from './stack-text.ts';
import { standpoint, watch } from './watch.ts';

export async function watchStack(nameOrId: string, where: Where, console: Console): Promise<number> {
  const clients = await connectAll(where);
  const stack = await clients.stacks.show(nameOrId);
  if (stack === null) throw new Failure('not-found', `there is no stack "${nameOrId}" in this project; see: hearth stack list`);
  const from = await standpoint(clients, stack);
  // Looked at again behind the standpoint: what ended before it would never be told.
  const again = await clients.stacks.show(stack.id);
  const ended = again === null || isSettled(again.status) ? again : await watch(clients, stack, from, console);
  if (ended === null) {
    console.line(`${stack.name} is gone`);
    console.result({ id: stack.id, name: stack.name, status: 'DELETE_COMPLETE' });
    return 0;
  }
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
