/** Random HOT templates: trees of functions where values stand, mostly of the right shape. */
import type { Json, JsonObject } from '@hearth/kernel';
import { functionTables } from '@hearth/template/testing';
import fc from 'fast-check';
import { runTemplate, type Given, type Kind } from './kind.ts';

const versions = [...functionTables.keys()].filter((name) => name.startsWith('heat_')).map((name) => name.split('.')[1] as string);
const names = [
  ...new Set([...functionTables.values()].flatMap((table) => [...table.functions.keys(), ...table.conditionFunctions.keys()])),
];

const LONG_LIST = Array.from({ length: 200 }, (_, i) => `a${i}`);
const leaf = fc.oneof(
  fc.constantFrom('a', 'b', 'p', 'q', 'c', 'template', 'OS::stack_name', ',', '', 'md5', '0', '-1'),
  fc.constantFrom<Json>(null, true, false, 0, 1, -1, 2.5, [], {}),
  // Long enough that a few functions inside each other produce too much.
  fc.constantFrom<Json>(LONG_LIST, LONG_LIST.join(',')),
);
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('template', 'params', 'for_each', 'keys', 'values', 'host', 'port', 'x', '%a%'), tie('value'), {
      maxKeys: 3,
    }),
    fc.tuple(fc.constantFrom(...names), tie('value')).map(([name, args]): Json => ({ [name]: args })),
  ),
}));
/** Mostly what fits, so that a good part of the templates is bound and resolved. */
const mostly = (fitting: fc.Arbitrary<unknown>): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 60, arbitrary: fitting as fc.Arbitrary<Json> }, { weight: 1, arbitrary: value });
const call = fc.constantFrom<Json>({ get_param: 'p' }, { get_param: ['q', 0, 'x'] }, { get_resource: 'a' }, { get_attr: ['a', 'x', 0] });
const map = fc.dictionary(
  fc.constantFrom('x', 'y', 'z'),
  fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 3, arbitrary: call }, { weight: 1, arbitrary: value }),
  { maxKeys: 3 },
);
const condition = mostly(fc.oneof(fc.boolean(), fc.constant({ equals: [{ get_param: 'p' }, 'a'] })));
const resource = fc.record(
  {
    type: fc.constant('T'),
    properties: mostly(map),
    metadata: mostly(fc.constant({ k: 'v' })),
    depends_on: mostly(fc.constant('a')),
    deletion_policy: mostly(fc.constant('Retain')),
  },
  { requiredKeys: ['type'] },
);
const parameter = fc.record(
  {
    type: fc.constantFrom('string', 'json', 'comma_delimited_list'),
    default: mostly(fc.constant('a')),
    hidden: fc.boolean(),
    constraints: mostly(fc.constant([])),
  },
  { requiredKeys: ['type', 'default'] },
);
const template = fc.record(
  {
    heat_template_version: fc.constantFrom(...versions),
    parameters: mostly(fc.record({ p: mostly(parameter), q: mostly(parameter) })),
    conditions: mostly(fc.record({ c: condition })),
    resources: mostly(fc.record({ a: mostly(resource), b: mostly(resource) }, { requiredKeys: ['a'] })),
    outputs: mostly(fc.record({ o: fc.record({ value, condition }, { requiredKeys: ['value'] }) })),
    parameter_groups: mostly(fc.constant([{ parameters: ['p'] }])),
  },
  { requiredKeys: ['heat_template_version', 'parameters', 'resources'] },
);

const given: fc.Arbitrary<Given> = fc.record({
  parameters: mostly(fc.record({ p: value }, { requiredKeys: [] })),
  strict: fc.boolean(),
  attribute: value,
});

export const hotTrees: Kind<[JsonObject, Given]> = {
  name: 'function trees in HOT',
  share: 25,
  arbitrary: fc.tuple(template as unknown as fc.Arbitrary<JsonObject>, given),
  run: ([source, values]) => runTemplate(source, values),
};
