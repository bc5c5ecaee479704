/** Templates for seeded lives: up to seven resources that refer to each other, some of them stacks of their own. */
import { asId, type DefinitionId, type JsonObject, type Random, type StackId } from '@hearth/kernel';
import type { DefinitionRecord } from '@hearth/store';

/** What stands for a resource of some lives: two things, one after the other. */
const NESTED: JsonObject = {
  heat_template_version: '2018-08-31',
  parameters: { u: { type: 'string' }, r: { type: 'string' }, refs: { type: 'json', default: [] } },
  resources: {
    first: { type: 'Sim::Thing', properties: { u: { get_param: 'u' }, r: { get_param: 'r' }, refs: [] } },
    second: { type: 'Sim::Thing', properties: { u: 'one', r: 'x', refs: [{ get_resource: 'first' }, { get_param: 'refs' }] } },
  },
  outputs: { echo: { value: { get_attr: ['first', 'echo'] } } },
};

export function definitionOf(
  id: string,
  stackId: StackId,
  number: number,
  resources: JsonObject,
  hooks: JsonObject = {},
): DefinitionRecord {
  return {
    id: asId<DefinitionId>(id),
    stackId,
    number,
    template: { heat_template_version: '2018-08-31', resources },
    environment: { parameters: {}, parameterDefaults: {}, resourceRegistry: { resources: hooks }, eventSinks: [], encryptedParamNames: [] },
    files: { 'nested.yaml': JSON.stringify(NESTED) },
  };
}

const HOOKS = ['pre-create', 'post-create', 'pre-update', 'post-update', 'pre-delete', 'post-delete'] as const;

/** What the stacks of a life are like. */
export interface Shape {
  readonly mostResources: number;
  /** Chance that a resource is a stack of its own. */
  readonly nested: number;
  /** Chance that one waits for signals. */
  readonly waits: number;
  /** Chance that one stops at a hook. */
  readonly hooks: number;
}

type Form = 'thing' | 'group' | 'template' | 'wait';

export function randomDefinition(random: Random, stackId: StackId, number: number, shape: Shape): DefinitionRecord {
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random.next() * choices.length)] as T;
  const names = [...'abcdefg'].sort(() => random.next() - 0.5).slice(0, Math.floor(random.next() * (shape.mostResources + 1)));
  const resources: Record<string, JsonObject> = {};
  const forms = new Map<string, Form>();
  for (const [i, name] of names.entries()) {
    const earlier = names.slice(0, i).filter(() => random.next() < 0.35);
    const refs = earlier.map((other) =>
      pick<JsonObject>({ get_resource: other }, forms.get(other) === 'wait' ? { get_resource: other } : { get_attr: [other, 'echo'] }),
    );
    const properties = { u: pick('one', 'two', 'picky'), r: pick('x', 'y'), refs };
    const form = formOf(random, shape);
    forms.set(name, form);
    // Whatever its definition is, the resource of this name wants the same: no two have it at once.
    const only = form === 'thing' && random.next() < 0.5 ? { only: name } : {};
    if (form === 'wait') Object.assign(resources, waiting(name, earlier));
    else resources[name] = resource(random, { ...properties, ...only }, form);
  }
  const stops = names.filter(() => random.next() < shape.hooks);
  const hooks = Object.fromEntries(stops.map((name) => [name, { hooks: [pick(...HOOKS), pick(...HOOKS)] }]));
  return definitionOf(random.uuid(), stackId, number, resources, hooks);
}

function formOf(random: Random, { nested, waits }: Shape): Form {
  const luck = random.next();
  if (luck < nested) return luck < nested / 2 ? 'group' : 'template';
  return luck < nested + waits ? 'wait' : 'thing';
}

/** A condition under the name itself, and its handle. */
const waiting = (name: string, earlier: readonly string[]): Record<string, JsonObject> => ({
  [`${name}_handle`]: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'CFN_SIGNAL' } },
  [name]: {
    type: 'OS::Heat::WaitCondition',
    properties: { handle: { get_resource: `${name}_handle` }, timeout: 600, count: 1 },
    ...(earlier.length > 0 && { depends_on: earlier }),
  },
});

function resource(random: Random, properties: JsonObject, form: Exclude<Form, 'wait'>): JsonObject {
  if (form === 'thing') return { type: 'Sim::Thing', properties };
  if (form === 'template') return { type: 'nested.yaml', properties };
  const type = random.next() < 0.2 ? 'nested.yaml' : 'Sim::Thing';
  const policy = { max_batch_size: 1, min_in_service: Math.floor(random.next() * 3), pause_time: 2 };
  return {
    type: 'OS::Heat::ResourceGroup',
    properties: { count: Math.floor(random.next() * 4), resource_def: { type, properties } },
    ...(random.next() < 0.4 ? { update_policy: { rolling_update: policy } } : {}),
  };
}
