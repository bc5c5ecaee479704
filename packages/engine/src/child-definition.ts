/** From a composite resource to the definition of its child stack: what the type says, in the environment that the parent passes on. Pure. */
import { digestOf, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { ChildDefinition, Composite, CompositeInput, Selection } from '@hearth/resource-kit';
import type { Change } from '@hearth/planner';
import { exceptionsBelow, type DefinitionRecord, type ResourceRecord, type StackRecord } from '@hearth/store';
import { filesOf, nestedRegistry, nothingKnown, resolveExpression } from '@hearth/template';
import { belowOf } from './adoption.ts';
import type { CompiledDefinition } from './compiled.ts';

/** A group of more members is refused; bounds what one property can make. */
export const MAX_MEMBERS = 10_000;

/** What a child stack is made from; the same contents mean the same child. */
export type StoredChild = Pick<DefinitionRecord, 'template' | 'environment' | 'files'>;

/** What a row remembers of its child, in its encrypted data. */
export interface ChildMemory {
  /** Of what is finally wanted. */
  readonly digest: string;
  readonly memory: JsonObject;
}

export function childMemoryOf(row: ResourceRecord): ChildMemory | null {
  const child = row.data['child'];
  if (!isJsonObject(child) || typeof child['digest'] !== 'string') return null;
  return { digest: child['digest'], memory: isJsonObject(child['memory']) ? child['memory'] : {} };
}

/** Something in the child was left out when it was last changed: the next change, if it leaves out nothing there, looks at it again. */
export function unlessLeftOut(change: Change, { exceptions }: StackRecord, row: ResourceRecord): Change {
  if (change !== 'same' || exceptionsBelow(exceptions, row.name) !== null) return change;
  const child = row.data['child'];
  return isJsonObject(child) && child['leftOut'] === true ? 'update' : change;
}

export function compositeInput(
  compiled: CompiledDefinition,
  name: string,
  props: JsonObject,
  memory: JsonObject,
  isTrial = false,
): CompositeInput {
  const implementation = compiled.implementations.get(name);
  return {
    props,
    resourceName: name,
    asked: [...compiled.usedSelections(name)].map((key) => JSON.parse(key) as Selection),
    memory,
    files: compiled.bound.files,
    templateKey: implementation?.kind === 'template' ? implementation.key : null,
    maxMembers: MAX_MEMBERS,
    isTrial,
  };
}

const POLICY_NAMES = { delete: 'Delete', retain: 'Retain', snapshot: 'Snapshot' } as const;

/** The resource's update policy; it may use parameters, but nothing of other resources. */
export function updatePolicyOf({ bound }: CompiledDefinition, name: string): JsonObject {
  const definition = bound.resources.get(name)?.definition;
  if (definition === undefined) return {};
  const { value } = resolveExpression(
    bound,
    definition.updatePolicy,
    [...definition.path, bound.definition.keys.updatePolicy],
    nothingKnown,
  );
  return isJsonObject(value) ? value : {};
}

/** The parent's environment as its child sees it, with the values that the resource gives for the child's parameters. */
export function storedChild(
  compiled: CompiledDefinition,
  row: Pick<ResourceRecord, 'name' | 'metadata' | 'deletionPolicy'>,
  child: ChildDefinition,
): StoredChild {
  const { environment, bound } = compiled;
  const implementation = compiled.implementations.get(row.name);
  const type = bound.resources.get(row.name)?.definition.type ?? '';
  const standsFor = implementation?.kind === 'template' ? { type, key: implementation.key } : null;
  const resourceRegistry = nestedRegistry(environment.resourceRegistry, row.name, standsFor);
  const { globalRegistry } = environment;
  const below = globalRegistry === undefined ? {} : { globalRegistry: nestedRegistry(globalRegistry, row.name, standsFor) };
  const stored: JsonObject = {
    parameters: child.parameters,
    parameterDefaults: environment.parameterDefaults,
    resourceRegistry,
    ...below,
    eventSinks: environment.eventSinks,
    encryptedParamNames: environment.encryptedParamNames,
    ...belowOf(environment as unknown as JsonObject, 'adopted', row.name),
    ...belowOf(environment as unknown as JsonObject, 'restored', row.name),
    ...(environment.taken !== undefined && { taken: environment.taken as unknown as JsonObject }),
    facade: {
      metadata: row.metadata,
      deletion_policy: POLICY_NAMES[row.deletionPolicy],
      update_policy: updatePolicyOf(compiled, row.name),
    },
    asks: child.asks as unknown as Json,
  };
  return {
    template: child.template,
    environment: stored,
    files: filesOf(child.template, { resourceRegistry, ...below, parameters: child.parameters }, bound.files),
  };
}

/** How it comes about that something is there makes no difference to what is wanted. */
export function childDigest({ template, environment, files }: StoredChild): string {
  const { adopted: _adopted, ...wanted } = environment;
  return digestOf({ template, environment: wanted, files });
}

/** Whether what the row's child was last brought to is what is wanted of it now. */
export function isChildAsWanted(compiled: CompiledDefinition, composite: Composite, name: string, row: ResourceRecord): boolean {
  const known = childMemoryOf(row);
  if (known === null) return false;
  try {
    const definition = composite.definition(compositeInput(compiled, name, row.properties, known.memory));
    return childDigest(storedChild(compiled, row, definition)) === known.digest;
  } catch {
    // It cannot be had any more: the update that follows says why.
    return false;
  }
}
