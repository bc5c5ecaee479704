/** Whether a stack is there, said alike by every command. */
import type { StackClient, StackDetail, StackKey } from '@hearth/client';
import { Failure } from '@hearth/kernel';
import type { Console } from '../console.ts';

export async function presentStack(client: StackClient, nameOrId: string): Promise<StackDetail> {
  const stack = await client.show(nameOrId);
  if (stack === null) throw new Failure('not-found', `there is no stack "${nameOrId}" in this project; see: hearth stack list`);
  return stack;
}

/** After a deletion that was watched. Gives the exit code. */
export function tellGone({ id, name }: StackKey, console: Console): number {
  console.line(`${name} is gone`);
  console.result({ id, name, status: 'DELETE_COMPLETE' });
  return 0;
}
