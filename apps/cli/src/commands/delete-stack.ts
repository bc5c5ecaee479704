/** `hearth stack delete NAME [--wait]`: begins the deletion; with `--wait` shows it until the stack is gone. */
import { isSettled } from '@hearth/client';
import { connectAll, type Where } from '../connect.ts';
import type { Console } from '../console.ts';
import { presentStack, tellGone } from './stack-presence.ts';
import { jsonOf } from './stack-text.ts';
import { standpoint, watch } from './watch.ts';

export interface DeleteFlags extends Where {
  readonly wait?: boolean;
}

export async function deleteStack(nameOrId: string, flags: DeleteFlags, console: Console): Promise<number> {
  const clients = await connectAll(flags);
  const stack = await presentStack(clients.stacks, nameOrId);
  const before = flags.wait === true ? await standpoint(clients, stack) : null;
  await clients.stacks.delete(stack);
  console.line(`Deleting stack ${stack.name} (${stack.id})`);
  if (before === null) {
    console.result({ id: stack.id, name: stack.name });
    return 0;
  }
  const left = await watch(clients, stack, before, console);
  if (left === null) return tellGone(stack, console);
  console.result(jsonOf(left, []));
  if (!isSettled(left.status)) {
    console.line(`\nNo longer watching; the deletion of "${stack.name}" goes on.`);
    return 130;
  }
  console.line(`${left.name} ${left.status}: ${left.reason}`);
  return 1;
}
