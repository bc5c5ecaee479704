/** `hearth stack list`: every stack of the project, newest first. */
import { connect, type Where } from '../connect.ts';
import type { Console } from '../console.ts';
import { tableLines } from './stack-text.ts';

export async function listStacks(where: Where, console: Console): Promise<number> {
  const client = await connect(where);
  const stacks = await client.list();
  if (stacks.length === 0) console.line('There are no stacks. Make one with: hearth up TEMPLATE');
  else
    for (const line of tableLines(
      ['NAME', 'STATUS', 'CREATED', 'ID'],
      stacks.map((stack) => [stack.name, stack.status, stack.createdAt, stack.id]),
    ))
      console.line(line);
  console.result(stacks.map((stack) => ({ ...stack })));
  return 0;
}
