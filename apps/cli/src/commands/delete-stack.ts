/** `hearth stack delete NAME [--wait]`: begins the deletion; with `--wait` shows it until the stack is gone. */
import { isSettled } from '@hearth/client';
import { Failure } from '@hearth/kernel';
import { connectAll, type Where } from '../connect.ts';
import type { Console } from '../console.ts';
import { jsonOf } from './stack-text.ts';
import { standpoint, watch } from './watch.ts';

export interface DeleteFlags extends Where {
  readonly wait?: boolean;
}

export async function deleteStack(nameOrId: string, flags: DeleteFlags, console: Console): Promise<number> {
  const clients = await connectAll(flags);
  const client = clients.stacks;
  const stack = await client.show(nameOrId);
  if (stack === null) throw new Failure('not-found', `there is no stack "${nameOrId}" in this project; see: hearth stack list`);
  const before = flags.wait === true ? await standpoint(clients, stack) : null;
  await client.delete(stack);
  console.line(`Deleting stack ${stack.name} (${stack.id})`);
  if (before === null) {
    console.result({ id: stack.id, name: stack.name });
    return 0;
  }
  const left = await watch(clients, stack, before, console);
  if (left === null) {
    console.line(`${stack.name} is gone`);
    console.result({ id: stack.id, name: stack.name, status: 'DELETE_COMPLETE' });
    return 0;
  }
  console.result(jsonOf(left, []));
  if (!isSettled(left.status)) {
    console.line(`\nNo longer watching; the deletion of "${stack.name}" goes on.`);
    return 130;
  }
  console.line(`${left.name} ${left.status}: ${left.reason}`);
  return 1;
}
