/** `hearth stack show NAME`: one stack with its resources as a tree and its outputs. */
import { resourceTree } from '@hearth/client';
import { connect, type Where } from '../connect.ts';
import type { Console } from '../console.ts';
import { presentStack } from './stack-presence.ts';
import { jsonOf, outputLines, tableLines } from './stack-text.ts';

export async function showStack(nameOrId: string, where: Where, console: Console): Promise<number> {
  const client = await connect(where);
  const stack = await presentStack(client, nameOrId);
  const resources = await client.resources(stack);
  console.line(`${stack.name}  ${stack.status}  ${stack.id}`);
  if (stack.reason !== '') console.line(`  ${stack.reason}`);
  if (stack.description !== '') console.line(`  ${stack.description.trim()}`);
  console.line('');
  const rows = resourceTree(resources).map(({ branch, resource }) => [
    `${branch}${resource.name}`,
    resource.type,
    resource.status,
    resource.physicalId,
  ]);
  for (const line of tableLines(['RESOURCE', 'TYPE', 'STATUS', 'PHYSICAL ID'], rows)) console.line(line);
  for (const line of outputLines(stack.outputs)) console.line(line);
  console.result(jsonOf(stack, resources));
  return 0;
}
