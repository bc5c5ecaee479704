/** Random environments: read, merged from several files, and asked what each resource becomes. */
import type { Json, JsonObject } from '@hearth/kernel';
import {
  environmentView,
  hooksOf,
  implementationOf,
  mergeEnvironmentFiles,
  nestedRegistry,
  parseEnvironment,
  restrictedActionsOf,
} from '@hearth/template';
import fc from 'fast-check';
import { hold, type Counters, type Kind } from './kind.ts';

const leaf = fc.constantFrom<Json>('a', 'b,c', '', '{"x": 1}', '1', 1, 2.5, true, null, [], {}, ['a'], { x: { y: [1] } }, { x: ['z'] });
const anything = fc.oneof({ weight: 4, arbitrary: leaf }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json> });
const parameters = fc.dictionary(fc.constantFrom('p', 'q', 'l', 'j', '__proto__'), anything, { maxKeys: 4 });
const TYPES = ['OS::Nova::Server', 'OS::*', 'OS::N*', '*', 'My::T', 'x.yaml', 'base_url', 'AWS::*'];
const TARGETS = ['OS::Heat::None', 'OS::*', 'My::T', 'My::*', 'x.yaml', 'http://h/x.yaml', '*', '', 'OS::Nova::Server'];
const { scope } = fc.letrec<{ scope: JsonObject }>((tie) => ({
  scope: fc.dictionary(
    fc.oneof(fc.constantFrom(...TYPES), fc.constantFrom('r', 'r*', '[r', '?', 'hooks', 'restricted_actions')),
    fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(...TARGETS, 'pre-create', 'update', null, 5),
      fc.constantFrom<Json>(['pre-create', 'post-update'], ['replace'], ['nothing']),
      tie('scope'),
    ),
    { maxKeys: 4 },
  ) as fc.Arbitrary<JsonObject>,
}));
const registry = fc
  .tuple(scope, fc.option(scope))
  .map(([general, resources]): JsonObject => (resources === null ? general : { ...general, resources }));
const strategies = fc.dictionary(
  fc.constantFrom('p', 'j', 'default', 'l'),
  fc.constantFrom<Json>('merge', 'deep_merge', 'overwrite', 'x', 1),
  { maxKeys: 3 },
);
const mostly = (fitting: fc.Arbitrary<unknown>): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 30, arbitrary: fitting as fc.Arbitrary<Json> }, { weight: 1, arbitrary: anything });
const environment = fc.record(
  {
    parameters: mostly(parameters),
    parameter_defaults: mostly(parameters),
    resource_registry: mostly(registry),
    event_sinks: mostly(fc.constant([{ type: 'zaqar-queue', target: 't' }])),
    encrypted_param_names: mostly(fc.constant(['p'])),
    parameter_merge_strategies: mostly(strategies),
    other: anything,
  },
  { requiredKeys: [] },
) as unknown as fc.Arbitrary<JsonObject>;

const types = new Map([
  ['p', 'string'],
  ['q', 'number'],
  ['l', 'comma_delimited_list'],
  ['j', 'json'],
] as const);

function run(documents: readonly JsonObject[]): Counters {
  let good = 0;
  for (const document of documents) {
    const { environment: read, diagnostics } = parseEnvironment(document);
    if (!diagnostics.some(({ severity }) => severity === 'error')) good++;
    JSON.stringify(environmentView(read));
    ask(read.resourceRegistry);
  }
  const files = documents.map((document, i) => ({ name: `e${i}`, content: JSON.stringify(document) }));
  const merged = mergeEnvironmentFiles({ parameters: { p: 'request' }, files, types });
  const size = JSON.stringify(merged.environment).length;
  hold(size <= 10 * JSON.stringify(documents).length + 1_000, `the merged environment has ${size} characters`);
  ask(merged.environment.resourceRegistry);
  return { environments: documents.length, good, merged: merged.diagnostics.length === 0 ? 1 : 0, 'merged size': size };
}

function ask(registryOf: JsonObject): void {
  for (const type of TYPES) implementationOf(registryOf, 'r', type, (name) => name === 'OS::Nova::Server', registryOf);
  hooksOf(registryOf, 'r');
  restrictedActionsOf(registryOf, 'r');
  nestedRegistry(nestedRegistry(registryOf, 'r', { type: 'My::T', key: 'x.yaml' }), 'r', null);
}

export const environments: Kind<readonly JsonObject[]> = {
  name: 'environments',
  share: 5,
  arbitrary: fc.array(environment, { minLength: 1, maxLength: 3 }),
  run,
};
