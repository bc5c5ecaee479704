/** Requests that are small and would make much work: each must be refused before the work is done, or answered within its bounds. */
import type { Json, JsonObject } from '@hearth/kernel';

export interface Bomb {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string | null;
}

/** Cheap to answer after all: what is asked for is small, or is made by nobody yet. */
const HARMLESS = new Set([
  'type-name filter: repetitions inside repetitions',
  'a group of 10^9 members: validate',
  'a group of 10000 large members: validate',
  'groups of groups of groups: validate',
  'a template that uses itself: validate',
  'templates that multiply: validate',
  'a large template for each of many resources: validate',
  'a large environment for each of many groups: create',
  'conditions that name each other: validate',
  'conditions that name each other: create',
]);

/** Refused, and in words; a harmless one may have what it asks for. */
export function isAnswered({ name }: Bomb, { status, message }: { readonly status: number; readonly message: string }): boolean {
  if (HARMLESS.has(name)) return status === 200 || status === 409;
  return status >= 400 && status < 500 && message.length > 20 && status !== 409;
}

type Template = JsonObject | string;
interface More {
  readonly parameters?: JsonObject;
  readonly environment?: JsonObject;
  readonly files?: Readonly<Record<string, string>>;
  readonly environment_files?: readonly string[];
}

const post = (path: string, body: JsonObject): Pick<Bomb, 'method' | 'path' | 'body'> => ({
  method: 'POST',
  path,
  body: JSON.stringify(body),
});

/** The same template asked to be looked at, and to be made. */
function asked(name: string, template: Template, more: More = {}): readonly Bomb[] {
  return [
    { name: `${name}: validate`, ...post('/validate', { template, ...more } as JsonObject) },
    { name: `${name}: create`, ...post('/stacks', { stack_name: 'bomb', template, ...more } as JsonObject) },
  ];
}
const created = (name: string, template: Template, more: More = {}): readonly Bomb[] => asked(name, template, more).slice(1);

const hot = (rest: JsonObject): JsonObject => ({ heat_template_version: '2021-04-16', ...rest });
const valued = (value: Json, rest: JsonObject = {}): JsonObject =>
  hot({ ...rest, resources: { a: { type: 'OS::Heat::Value', properties: { value } } } });
const words = (count: number, prefix = 'w'): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const mapOf = (names: readonly string[], value: (name: string, index: number) => Json): JsonObject =>
  Object.fromEntries(names.map((name, index) => [name, value(name, index)]));
function nested(times: number, inner: Json, around: (inner: Json) => Json): Json {
  let value = inner;
  for (let i = 0; i < times; i++) value = around(value);
  return value;
}
const group = (count: number, type: string, properties: JsonObject): JsonObject => ({
  type: 'OS::Heat::ResourceGroup',
  properties: { count, resource_def: { type, properties } },
});
const doubling = (parameter: Json, times: number): Json => nested(times, parameter, (value) => ({ list_concat: [value, value] }));

function aliases(levels: number, width: number): string {
  const lines = [`a0: &a0 [${'x, '.repeat(width - 1)}x]`];
  for (let i = 1; i < levels; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: width }, () => `*a${i - 1}`).join(', ')}]`);
  return `heat_template_version: 2021-04-16\n${lines.join('\n')}\n`;
}

const YAML_HEAD = 'heat_template_version: 2021-04-16\nresources: {a: {type: OS::Heat::Value, properties: {value: ';

const documentBombs: readonly Bomb[] = [
  ...asked('aliases that multiply', aliases(12, 10)),
  ...asked(
    'aliases of merge keys',
    `heat_template_version: 2021-04-16\nw: &w {${words(400)
      .map((word) => `${word}: 1`)
      .join(', ')}}\nm:\n${words(400, 'm')
      .map((name) => `  ${name}: {<<: *w}`)
      .join('\n')}\n`,
  ),
  ...asked('YAML nested too deep', `${YAML_HEAD}${'['.repeat(50_000)}${']'.repeat(50_000)}}}}\n`),
  ...asked('a mebibyte of brackets, less what is around', '['.repeat(2 ** 20 - 200)),
  ...asked('half a mebibyte of brackets', '['.repeat(2 ** 19)),
  ...asked(
    'JSON text nested too deep',
    `{"heat_template_version": "2021-04-16", "resources": ${'{"a":'.repeat(40_000)}1${'}'.repeat(40_001)}`,
  ),
  {
    name: 'a JSON body nested too deep',
    method: 'POST',
    path: '/validate',
    body: `{"template": ${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
  },
  { name: 'a mebibyte of brackets as the body', method: 'POST', path: '/validate', body: `{"template": ${'['.repeat(2 ** 20 - 14)}` },
  ...asked('functions inside functions', valued(nested(200, 'x', (inner) => ({ list_join: ['', [inner]] })))),
  ...asked('if inside if', valued(nested(200, 'x', (inner) => ({ if: [true, inner, 'y'] })))),
  ...asked('conditions inside conditions', valued({ if: [nested(200, true, (inner) => ({ not: inner })), 1, 2] })),
  ...asked('thousands of lines to indent', `a:\n  b: [\n${'x,\n'.repeat(50_000)}]\n`),
  ...asked('an integer of 500000 digits', `${YAML_HEAD}${'9'.repeat(500_000)}}}}\n`),
  ...asked('a number in base 60 of 100000 places', `${YAML_HEAD}1${':59'.repeat(100_000)}}}}\n`),
];

const LONG = words(1_000);
const functionBombs: readonly Bomb[] = [
  ...created(
    'repeat: a product of three lists',
    valued({ repeat: { template: '%a%%b%%c%', for_each: { '%a%': LONG, '%b%': LONG, '%c%': LONG } } }),
  ),
  ...created(
    'repeat: a product in each of many resources',
    hot({
      resources: mapOf(words(300, 'r'), () => ({
        type: 'OS::Heat::Value',
        properties: { value: { repeat: { template: '%a%%b%', for_each: { '%a%': { get_param: 'l' }, '%b%': { get_param: 'l' } } } } },
      })),
      parameters: { l: { type: 'comma_delimited_list', default: LONG } },
    }),
  ),
  ...created(
    'str_replace inside str_replace',
    valued(nested(20, 'xxxxxxxxxx', (inner) => ({ str_replace: { template: inner, params: { x: 'xxxxxxxxxx' } } }))),
  ),
  ...created(
    'str_replace: many keys in a long text',
    valued({ str_replace: { template: 'y'.repeat(100_000), params: mapOf(words(20_000), () => '') } }),
  ),
  ...created(
    'str_replace of a long text in each of many resources',
    hot({
      parameters: { t: { type: 'string', default: 'y'.repeat(200_000) } },
      resources: mapOf(words(900, 'r'), () => ({
        type: 'OS::Heat::Value',
        properties: { value: { str_replace: { template: { get_param: 't' }, params: { y: 'zzzzzzzzzz' } } } },
      })),
    }),
  ),
  ...created(
    'list_concat that doubles',
    hot({
      parameters: { l: { type: 'json', default: LONG } },
      resources: { a: { type: 'OS::Heat::Value', properties: { value: doubling({ get_param: 'l' }, 14) } } },
    }),
  ),
  ...created(
    'list_concat that doubles from resource to resource',
    hot({ parameters: { l: { type: 'json', default: LONG } }, outputs: { o: { value: doubling({ get_param: 'l' }, 14) } } }),
  ),
  ...created(
    'a large parameter used often',
    hot({
      parameters: { t: { type: 'string' } },
      resources: { a: { type: 'OS::Heat::Value', properties: { value: Array.from({ length: 5_000 }, () => ({ get_param: 't' })) } } },
    }),
    { parameters: { t: 'x'.repeat(400_000) } },
  ),
  ...created(
    'a large parameter used in each of many resources',
    hot({
      parameters: { t: { type: 'json' } },
      resources: mapOf(words(1_000, 'r'), () => ({
        type: 'OS::Heat::Value',
        properties: { type: 'json', value: Array.from({ length: 10 }, () => ({ get_param: 't' })) },
      })),
    }),
    { parameters: { t: Array.from({ length: 90_000 }, () => 1) } },
  ),
  ...created(
    'yaql: steps',
    valued({ yaql: { expression: 'range(200).toList().select(range(200).toList().select(range(200).sum()).sum()).sum()' } }),
  ),
  ...created('yaql: an endless stream', valued({ yaql: { expression: 'generate(0, true, $ + 1).len()' } })),
  ...created('yaql: a huge number', valued({ yaql: { expression: 'pow(2, 1000000000)' } })),
  ...created(
    'yaql: in each of many resources',
    hot({
      resources: mapOf(words(1_000, 'r'), () => ({
        type: 'OS::Heat::Value',
        properties: { value: { yaql: { expression: 'range(200).toList().select(range(200).toList().select($ * 2).sum()).sum()' } } },
      })),
    }),
  ),
  ...created('yaql: brackets without end', valued({ yaql: { expression: '['.repeat(60_000) } })),
  ...created(
    'digest of a long text in each of many resources',
    hot({
      parameters: { t: { type: 'string' } },
      resources: mapOf(words(900, 'r'), () => ({
        type: 'OS::Heat::Value',
        properties: { value: { digest: ['sha512', { get_param: 't' }] } },
      })),
    }),
    { parameters: { t: 'x'.repeat(400_000) } },
  ),
];

const slowPattern = (name: string, pattern: string, value: string): readonly Bomb[] =>
  created(name, hot({ parameters: { p: { type: 'string', constraints: [{ allowed_pattern: pattern }] } } }), { parameters: { p: value } });
const patternBombs: readonly Bomb[] = [
  ...slowPattern('allowed_pattern: repetitions inside repetitions', '(a+)+b', `${'a'.repeat(400_000)}!`),
  ...slowPattern('allowed_pattern: written out too large', '((a{100}){100}){100}', 'a'),
  ...slowPattern('allowed_pattern: thousands of instructions on a long text', '(a?){2000}b', 'a'.repeat(400_000)),
  ...slowPattern('allowed_pattern: looking ahead everywhere', '((?=(a?){500}c)a|a)*b', 'a'.repeat(200_000)),
  ...created(
    'allowed_pattern: in each of many parameters',
    hot({
      parameters: mapOf(words(2_000, 'p'), () => ({
        type: 'string',
        default: 'a'.repeat(40),
        constraints: [{ allowed_pattern: '((a?){40}){60}b?' }],
      })),
    }),
  ),
  {
    name: 'type-name filter: repetitions inside repetitions',
    method: 'GET',
    path: `/resource_types?name=${encodeURIComponent('((O?S?:*)*)*x')}`,
    body: null,
  },
  {
    name: 'type-name filter: written out too large',
    method: 'GET',
    path: `/resource_types?name=${encodeURIComponent('((a{100}){100}){100}')}`,
    body: null,
  },
  {
    name: 'type-name filter: thousands of instructions',
    method: 'GET',
    path: `/resource_types?name=${encodeURIComponent('((.?){70}){60}x')}`,
    body: null,
  },
  { name: 'type-name filter: too long', method: 'GET', path: `/resource_types?name=${'a'.repeat(5_000)}`, body: null },
];

const child = (resources: JsonObject, more: JsonObject = {}): string => JSON.stringify(hot({ resources, ...more }));
const own = (rest: string): string => `heat_template_version: 2021-04-16\n${rest}`;
const COMMENT = `# ${'x'.repeat(98)}\n`;
const treeBombs: readonly Bomb[] = [
  ...asked('a group of 10^9 members', hot({ resources: { g: group(1e9, 'OS::Heat::RandomString', {}) } })),
  ...created('a group of 10000 members', hot({ resources: { g: group(10_000, 'OS::Heat::RandomString', {}) } })),
  ...asked(
    'a group of 10000 large members',
    hot({ resources: { g: group(10_000, 'OS::Heat::Value', { value: '%index%'.repeat(60_000) }) } }),
  ),
  ...created(
    'a group of 1000 large members',
    hot({ resources: { g: group(1_000, 'OS::Heat::Value', { value: '%index%'.repeat(60_000) }) } }),
  ),
  ...asked(
    'groups of groups of groups',
    hot({
      resources: {
        g: group(
          1_000,
          'OS::Heat::ResourceGroup',
          group(1_000, 'OS::Heat::ResourceGroup', group(1_000, 'OS::Heat::RandomString', {})['properties'] as JsonObject)[
            'properties'
          ] as JsonObject,
        ),
      },
    }),
  ),
  ...created(
    'many groups of groups',
    hot({
      resources: mapOf(words(30, 'g'), () =>
        group(30, 'OS::Heat::ResourceGroup', { count: 30, resource_def: { type: 'OS::Heat::RandomString' } }),
      ),
    }),
  ),
  ...asked('a template that uses itself', hot({ resources: { a: { type: 'self.yaml' } } }), {
    files: { 'self.yaml': child(mapOf(words(10, 'r'), () => ({ type: 'self.yaml' }))) },
  }),
  ...asked('templates that multiply', hot({ resources: mapOf(words(30, 'r'), () => ({ type: 't1.yaml' })) }), {
    files: mapOf(
      words(6, 't').map((name) => `${name}.yaml`),
      (_name, i) => child(mapOf(words(30, 'r'), () => ({ type: `t${i + 1}.yaml` }))),
    ) as Record<string, string> & JsonObject,
  }),
  ...asked('a large template for each of many resources', hot({ resources: mapOf(words(1_000, 'r'), () => ({ type: 't.yaml' })) }), {
    files: { 't.yaml': own(`${COMMENT.repeat(4_000)}outputs: {o: {value: [${'{a: 1}, '.repeat(10_000)}]}}\n`) },
  }),
  ...created(
    'a large environment for each of many groups',
    hot({ resources: mapOf(words(400, 'g'), () => group(1, 'OS::Heat::RandomString', {})) }),
    { environment: { parameter_defaults: mapOf(words(20_000, 'p'), () => 'x') } },
  ),
  ...asked(
    'a chain of 10^5 types',
    hot({ resources: { c: { type: 'OS::Heat::ResourceChain', properties: { resources: words(40_000).map(() => 'OS::Heat::None') } } } }),
  ),
];

const cfn = (rest: JsonObject): JsonObject => ({ AWSTemplateFormatVersion: '2010-09-09', ...rest });
const loop = (items: Json, inner: JsonObject): JsonObject => ({ 'Fn::ForEach::L': ['N', items, inner] });
const expansionBombs: readonly Bomb[] = [
  ...asked(
    'Fn::ForEach inside Fn::ForEach',
    cfn({
      Resources: {
        'Fn::ForEach::A': [
          'A',
          LONG,
          { 'Fn::ForEach::B': ['B', LONG, { 'Fn::ForEach::C': ['C', LONG, { 'R${A}${B}${C}': { Type: 'OS::Heat::None' } }] }] },
        ],
      },
    }),
  ),
  ...asked(
    'Fn::ForEach over long items',
    cfn({ Resources: loop(words(2_000), { 'R${N}': { Type: 'OS::Heat::Value', Properties: { value: '${N}'.repeat(5_000) } } }) }),
  ),
  ...asked(
    'Fn::ForEach over a long item',
    cfn({
      Resources: loop(['x'.repeat(200_000), 'y'.repeat(200_000)], {
        'R&{N}': { Type: 'OS::Heat::Value', Properties: { value: '${N}'.repeat(5_000) } },
      }),
    }),
  ),
  ...created(
    'Fn::Sub of a long value many times',
    cfn({
      Parameters: { P: { Type: 'String', Default: 'x'.repeat(200_000) } },
      Resources: { A: { Type: 'OS::Heat::Value', Properties: { value: { 'Fn::Sub': '${P}'.repeat(10_000) } } } },
    }),
  ),
  ...created(
    'Fn::Cidr of everything',
    cfn({ Resources: { A: { Type: 'OS::Heat::Value', Properties: { value: { 'Fn::Cidr': ['::/0', 1e9, 64] } } } } }),
  ),
  ...created(
    'environments merged again and again',
    hot({ parameters: { j: { type: 'json' }, t: { type: 'string' }, l: { type: 'comma_delimited_list' } } }),
    {
      environment_files: words(200, 'e').map(() => 'e.yaml'),
      files: {
        'e.yaml': JSON.stringify({
          parameters: { j: { a: words(5_000), b: 'x'.repeat(50_000) }, t: 'x'.repeat(100_000), l: words(5_000) },
          parameter_merge_strategies: { default: 'deep_merge' },
        }),
      },
    },
  ),
  ...created('an alias for every name', hot({ resources: mapOf(words(1_000, 'r'), (name) => ({ type: `My::${name}` })) }), {
    environment: { resource_registry: mapOf(words(15_000), (name) => `Other::${name}`) },
  }),
  ...created('patterns of names that multiply', hot({ resources: mapOf(words(500, 'r'), () => ({ type: 'A' })) }), {
    environment: {
      resource_registry: mapOf(
        words(2_000)
          .map((word) => `A${word.slice(0, 1)}*`)
          .concat(words(2_000).map((word) => `${'A'.repeat(word.length)}*`)),
        (name) => `${name.slice(0, -1)}A*`,
      ),
    },
  }),
  ...asked(
    'conditions that name each other',
    hot({ conditions: mapOf(words(8_000, 'c'), (_name, i) => (i === 0 ? true : { and: [`c${i - 1}`, `c${i - 1}`] })) }),
  ),
  ...created(
    'thousands of wrong names',
    hot({
      resources: mapOf(words(1_000, 'r'), () => ({
        type: 'OS::Heat::Value',
        properties: { value: words(20, 'x').map((name) => ({ get_resource: name })) },
      })),
    }),
  ),
];

export const bombs: readonly Bomb[] = [...documentBombs, ...functionBombs, ...patternBombs, ...treeBombs, ...expansionBombs];
