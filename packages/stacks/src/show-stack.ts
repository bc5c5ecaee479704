/** One stack with its parameters and outputs, and its outputs alone. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import type { StackRecord } from '@hearth/store';
import { parameterView } from '@hearth/template';
import type { Caller } from './caller.ts';
import { ownLiveStack, ownStack, ownStackByNameOrId, type StackKey } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { outputDescription, presentDefinition, resolvedOutputs, type OutputView } from './stack-reading.ts';

export interface StackView {
  readonly stack: StackRecord;
  /** Values as text; hidden ones masked; pseudo parameters included. */
  readonly parameters: JsonObject;
  readonly templateDescription: string;
  /** Null: not asked for, or the stack is gone. */
  readonly outputs: readonly OutputView[] | null;
}

/** Where a name or id leads; by id also to a deleted stack. */
export const findStack = (ports: StackPorts, caller: Caller, nameOrId: string): Promise<StackRecord> =>
  ownStackByNameOrId(ports.database, caller, nameOrId);

/** Deleted stacks are shown too. */
export async function showStack(ports: StackPorts, caller: Caller, key: StackKey, resolvesOutputs: boolean): Promise<StackView> {
  const stack = await ownStack(ports.database, caller, key);
  const { bound } = await presentDefinition(ports, stack);
  const wantsOutputs = resolvesOutputs && stack.deletedAt === null;
  return {
    stack,
    parameters: parameterView(bound),
    templateDescription: bound.definition.description,
    outputs: wantsOutputs ? await resolvedOutputs(ports, stack, bound, bound.outputs.keys()) : null,
  };
}

export async function listOutputs(
  ports: StackPorts,
  caller: Caller,
  key: StackKey,
): Promise<readonly { readonly name: string; readonly description: string }[]> {
  const stack = await ownLiveStack(ports.database, caller, key);
  const { bound } = await presentDefinition(ports, stack);
  return [...bound.outputs].map(([name, output]) => ({ name, description: outputDescription(output) }));
}

export async function showOutput(ports: StackPorts, caller: Caller, key: StackKey, name: string): Promise<OutputView> {
  const stack = await ownLiveStack(ports.database, caller, key);
  const { bound } = await presentDefinition(ports, stack);
  if (!bound.outputs.has(name)) throw new Refusal('not-found', 'NotFound', `Specified output key ${name} not found.`);
  return (await resolvedOutputs(ports, stack, bound, [name]))[0] as OutputView;
}
