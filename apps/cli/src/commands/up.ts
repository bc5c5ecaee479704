/** `hearth up TEMPLATE`: creates the stack, or updates it when it exists, and shows it until it has settled. */
import { isSettled, type StackClient, type StackDetail, type StackKey, type StackWish } from '@hearth/client';
import { Failure } from '@hearth/kernel';
import { connectAll } from '../connect.ts';
import type { Console } from '../console.ts';
import { nameFor, readTemplateFiles } from '../template-files.ts';
import { type DefinitionFlags, parametersOf, sentDefinition } from './definition-flags.ts';
import { endLines, jsonOf, outputLines } from './stack-text.ts';
import { type Clients, newStack, type Standpoint, standpoint, watch } from './watch.ts';

export interface UpFlags extends DefinitionFlags {
  readonly name?: string;
  readonly rollback?: boolean;
  readonly timeout?: string;
  readonly observe?: boolean;
  readonly wait: boolean;
}

export async function up(templateFile: string, flags: UpFlags, console: Console): Promise<number> {
  const wish = wishFrom(templateFile, flags);
  const name = flags.name ?? nameFor(templateFile);
  const clients = await connectAll(flags);
  const { key, before } = await accept(clients, name, wish, flags.observe === true, console);
  if (!flags.wait) {
    console.result({ id: key.id, name: key.name });
    return 0;
  }
  const stack = await watch(clients, key, before, console);
  if (stack !== null && console.cancel.aborted && !isSettled(stack.status)) {
    console.line(`\nNo longer watching; "${name}" goes on. Look at it with: hearth stack show ${name}`);
    console.result(jsonOf(stack, []));
    return 130;
  }
  return conclude(clients.stacks, key, stack, console);
}

function wishFrom(templateFile: string, flags: UpFlags): StackWish {
  const read = readTemplateFiles(templateFile, flags.environment);
  const timeoutMinutes = flags.timeout === undefined ? undefined : Number(flags.timeout);
  if (timeoutMinutes !== undefined && !(Number.isInteger(timeoutMinutes) && timeoutMinutes > 0))
    throw new Failure('invalid', `--timeout ${flags.timeout}: a whole number of minutes above 0 is wanted`);
  return {
    ...sentDefinition(read, parametersOf(flags)),
    ...(timeoutMinutes === undefined ? {} : { timeoutMinutes }),
    ...(flags.rollback === undefined ? {} : { rollbackEnabled: flags.rollback }),
  };
}

interface Accepted {
  readonly key: StackKey;
  /** What there was before. */
  readonly before: Standpoint;
}

async function accept(clients: Clients, name: string, wish: StackWish, observes: boolean, console: Console): Promise<Accepted> {
  const { stacks } = clients;
  const existing = await stacks.show(name);
  if (existing === null) {
    const key = await stacks.create(name, wish);
    console.line(`Creating stack ${name} (${key.id})`);
    return { key, before: newStack(key) };
  }
  const before = await standpoint(clients, existing);
  await stacks.update(existing, { ...wish, observes });
  console.line(`Updating stack ${existing.name} (${existing.id})`);
  return { key: existing, before };
}

async function conclude(client: StackClient, key: StackKey, stack: StackDetail | null, console: Console): Promise<number> {
  if (stack === null) throw new Failure('not-found', `stack ${key.name} was deleted while it was being watched`);
  const good = stack.status === 'CREATE_COMPLETE' || stack.status === 'UPDATE_COMPLETE';
  for (const line of endLines(stack, good)) console.line(line);
  for (const line of outputLines(stack.outputs)) console.line(line);
  console.result(jsonOf(stack, console.json ? await client.resources(key) : []));
  return good ? 0 : 1;
}
