/** Binding and resolving: references, order, conditions, unknown and secret values, errors all at once, bounds, and cost in steps. */
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { nothingKnown, type BoundDefinition, type References } from '../definition/bound.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';
import { bindDefinition } from './bind-definition.ts';
import { resolveOutput, resolveResource } from './resolve.ts';

function bind(template: string | JsonObject, parameters: JsonObject = {}, strict = true) {
  const parsed = parseTemplate(typeof template === 'string' ? `heat_template_version: 2021-04-16\n${template}` : template);
  if (parsed.definition === null) return { bound: null, diagnostics: parsed.diagnostics };
  const pseudo = { stackId: 'stack-id', stackName: 'stack', projectId: 'project' };
  return bindDefinition({
    definition: parsed.definition,
    environment: emptyEnvironment,
    parameters,
    pseudo,
    files: { f: 'content' },
    strict,
  });
}
function bound(template: string | JsonObject, parameters: JsonObject = {}): BoundDefinition {
  const result = bind(template, parameters);
  expect(result.diagnostics).toEqual([]);
  return result.bound as BoundDefinition;
}
const types = (result: ReturnType<typeof bind>): readonly string[] => result.diagnostics.map((d) => `${d.type} ${d.path.join('.')}`);

describe('what a resource requires', () => {
  test('explicit and by reference, in properties and metadata, also with computed names; not in outputs or update_policy', () => {
    const { resources } = bound(
      `
parameters: {which: {type: string, default: d}}
resources:
  a: {type: T}
  b: {type: T}
  c: {type: T}
  d: {type: T}
  e: {type: T}
  x:
    type: T
    depends_on: a
    properties: {p: {get_resource: b}, q: {list_join: ['', [{get_attr: [{get_param: which}, name, 0]}]]}}
    metadata: {m: {get_attr: [c, show]}}
    update_policy: {u: {get_resource: e}}
outputs:
  o: {value: {get_attr: [e, ip]}}
  all: {value: {get_attr: [a]}}
`,
    );
    expect(resources.get('x')?.requires).toEqual(['a', 'b', 'd', 'c']);
    expect([...(resources.get('d')?.usedAttributes ?? [])]).toEqual(['name']);
    expect([...(resources.get('e')?.usedAttributes ?? [])]).toEqual(['ip']);
    expect([...(resources.get('a')?.usedAttributes ?? [])]).toEqual(['*']);
    expect(resources.get('x')?.rawProperties['p']).toEqual({ get_resource: 'b' });
  });

  test('a condition decides what exists; a disabled resource in depends_on is ignored, a reference to it is an error', () => {
    const template = (value: string): string => `
parameters: {wanted: {type: boolean}}
conditions: {wanted: {get_param: wanted}, other: {not: wanted}}
resources:
  maybe: {type: T, condition: wanted}
  x: {type: T, depends_on: [maybe], properties: {p: ${value}}}
outputs:
  o: {value: {get_resource: maybe}, condition: wanted}
`;
    expect([...bound(template('1'), { wanted: true }).resources.keys()]).toEqual(['maybe', 'x']);
    const off = bound(template('1'), { wanted: false });
    expect([...off.resources.keys()]).toEqual(['x']);
    expect(off.resources.get('x')?.requires).toEqual([]);
    expect(Object.fromEntries(off.conditions)).toEqual({ wanted: false, other: true });
    expect(resolveOutput(off, 'o', nothingKnown)).toMatchObject({ value: null, unknown: false });
    expect(types(bind(template('{get_resource: maybe}'), { wanted: false }))).toEqual([
      'InvalidTemplateReference resources.x.properties.p.get_resource',
    ]);
    expect(bound(template('{if: [wanted, {get_resource: maybe}]}'), { wanted: false }).resources.get('x')?.requires).toEqual([]);
  });

  test('a cycle is named', () => {
    const result = bind(
      'resources: {a: {type: T, properties: {p: {get_resource: b}}}, b: {type: T, depends_on: c}, c: {type: T, metadata: {m: {get_attr: [a, x]}}}}',
    );
    expect(types(result)[0]).toMatch(/^CircularDependencyException resources\./);
    expect(result.diagnostics[0]?.message).toMatch(/^Circular Dependency Found: /);
    for (const name of ['a', 'b', 'c']) expect(result.diagnostics[0]?.message).toContain(name);
  });
  test('a resource that requires itself', () => {
    expect(types(bind('resources: {a: {type: T, properties: {p: {get_resource: a}}}}'))).toEqual([
      'CircularDependencyException resources.a',
    ]);
  });
});

describe('errors', () => {
  test('all at once, each with path, position and hint', () => {
    const result = bind(`
parameters:
  size: {type: number}
resources:
  server:
    type: T
    depends_on: netwrk
    properties:
      a: {get_param: sise}
      b: {get_resource: network1}
      c: {str_split: [',', 'a,b', 7]}
      d: {if: [nowhere, 1, 2]}
      e: {get_file: missing}
  network: {type: T}
`);
    expect(types(result)).toEqual([
      'UserParameterMissing parameters.size',
      'UserParameterMissing resources.server.properties.a.get_param',
      'InvalidTemplateReference resources.server.properties.b.get_resource',
      'StackValidationFailed resources.server.properties.c.str_split',
      'StackValidationFailed resources.server.properties.d.if',
      'StackValidationFailed resources.server.properties.e.get_file',
      'InvalidTemplateReference resources.server.depends_on',
    ]);
    const [, param, resource] = result.diagnostics;
    expect(param).toMatchObject({
      message: 'The Parameter (sise) was not provided.',
      position: { line: 10, column: 11 },
      hint: 'did you mean "size"?',
    });
    expect(resource).toMatchObject({
      message: 'The specified reference "network1" (in resources.server.properties.b) is incorrect.',
      hint: 'did you mean "network"?',
    });
  });
  test('an unknown parameter of the user', () => {
    const result = bind('parameters: {size: {type: number}}\n', { sice: 1, size: 2 });
    expect(result.diagnostics).toMatchObject([
      { type: 'UnknownUserParameter', message: 'The Parameter (sice) was not defined in template.', hint: 'did you mean "size"?' },
    ]);
  });
  test('without strictness missing values are unknown, and the rest is still checked', () => {
    const result = bind(
      "parameters: {p: {type: string}}\nresources: {a: {type: T, properties: {x: {str_split: [',', {get_param: p}, 4]}, y: {get_resource: z}}}}",
      {},
      false,
    );
    expect(types(result)).toEqual(['InvalidTemplateReference resources.a.properties.y.get_resource']);
    expect(
      bind("parameters: {p: {type: string}}\nresources: {a: {type: T, properties: {x: {str_split: [',', {get_param: p}, 4]}}}}", {}, false)
        .bound,
    ).not.toBeNull();
  });
  test.each([
    ['a file', { get_file: { get_param: 'p' } }],
    ['a resource', { get_resource: { get_param: 'p' } }],
    ['an attribute', { get_attr: [{ get_param: 'p' }, 'x'] }],
    ['a parameter', { get_param: { get_param: 'p' } }],
    ['a key', { map_replace: [{ a: 1, hunter2: 2 }, { keys: { a: { get_param: 'p' } } }] }],
    ['further out', { get_file: { list_join: ['/', ['a', { get_param: 'p' }]] } }],
  ] as const)('a hidden value is in no message: %s', (_name, value) => {
    const template = {
      heat_template_version: '2021-04-16',
      parameters: { p: { type: 'string', hidden: true } },
      resources: { a: { type: 'T', properties: { value } } },
    };
    const { diagnostics } = bind(template as unknown as JsonObject, { p: 'hunter2' });
    expect(diagnostics.length).toBe(1);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });
  test('conditions that go round', () => {
    const result = bind('conditions: {a: {not: b}, b: {and: [c, true]}, c: {not: a}}\n');
    expect(result.diagnostics[0]).toMatchObject({ type: 'StackValidationFailed', code: 'circular-condition' });
  });
  test('functions on values that are not known yet are not blamed', () => {
    expect(
      bind(
        "resources: {a: {type: T}, b: {type: T, properties: {p: {list_join: [',', {get_attr: [a, list]}, {get_attr: [a, text]}]}, q: {str_split: [{get_attr: [a, d]}, {get_attr: [a, x]}, 9]}}}}",
      ).bound,
    ).not.toBeNull();
  });
  test('but a call that is written wrongly is', () => {
    expect(types(bind('resources: {a: {type: T}, b: {type: T, properties: {p: {str_split: [{get_attr: [a, d]}]}}}}'))).toEqual([
      'StackValidationFailed resources.b.properties.p.str_split',
    ]);
  });
});

describe('resolving', () => {
  const template = `
parameters: {password: {type: string, hidden: true, default: pw}}
resources:
  a: {type: T, deletion_policy: {if: [{equals: [1, 1]}, Retain, Delete]}, metadata: {k: v}}
  b:
    type: T
    properties:
      id: {get_resource: a}
      deep: {get_attr: [a, addresses, private, 0, addr]}
      text: {str_replace: {template: 'id=ID', params: {ID: {get_resource: a}}}}
      gone: {if: [{equals: [1, 2]}, 1]}
      named: [{get_param: 'OS::stack_name'}, {get_param: 'OS::stack_id'}, {get_param: 'OS::project_id'}]
  c: {type: T, properties: {p: {digest: [md5, {get_param: password}]}}}
outputs:
  all: {value: {get_attr: [a]}}
`;
  const known: References = {
    referenceId: (name) => `id-of-${name}`,
    attribute: (_name, attribute) => (attribute === 'addresses' ? { private: [{ addr: '10.0.0.3' }] } : null),
    allAttributes: () => ({ x: 1 }),
  };
  test('with everything known', () => {
    const definition = bound(template);
    expect(resolveResource(definition, 'b', known)).toMatchObject({
      properties: {
        value: { id: 'id-of-a', deep: '10.0.0.3', text: 'id=id-of-a', named: ['stack', 'stack-id', 'project'] },
        unknown: false,
        secret: false,
        diagnostics: [],
      },
      deletionPolicy: 'delete',
    });
    expect(resolveResource(definition, 'b', known).properties.value).not.toHaveProperty('gone');
    expect(resolveResource(definition, 'a', known)).toMatchObject({ deletionPolicy: 'retain', metadata: { value: { k: 'v' } } });
    expect(resolveOutput(definition, 'all', known).value).toEqual({ x: 1 });
  });
  test('with nothing known: null and unknown, no errors', () => {
    const { properties } = resolveResource(bound(template), 'b', nothingKnown);
    expect(properties).toMatchObject({ unknown: true, diagnostics: [], value: { id: null, deep: null } });
  });
  test('what comes from a hidden parameter is secret', () => {
    const definition = bound(template);
    expect(resolveResource(definition, 'c', known).properties.secret).toBe(true);
    expect(resolveResource(definition, 'a', known).properties.secret).toBe(false);
  });
  test.each([
    ['heat_template_version', '2013-05-23', ['l', '0'], null],
    ['an integer', '2013-05-23', ['l', 0], 'x'],
    ['from the end', '2018-08-31', ['l', -1], 'y'],
    ['a missing key', '2018-08-31', ['m', 'no', 'no'], null],
    ['into a text', '2018-08-31', ['t', 1], 'b'],
  ] as const)('the path of get_attr: %s', (_name, version, path, expected) => {
    const definition = bound({
      heat_template_version: version,
      resources: { r: { type: 'T' } },
      outputs: { o: { value: { get_attr: ['r', 'attr', ...path] } } },
    });
    const references: References = { ...known, attribute: () => ({ l: ['x', 'y'], m: {}, t: 'ab' }) };
    expect(resolveOutput(definition, 'o', references).value).toBe(expected);
  });
});

describe('bounds on what functions produce', () => {
  const tooLarge = (value: Json, parameters: JsonObject = {}, given: JsonObject = {}): void => {
    const template = { heat_template_version: '2021-04-16', parameters, resources: { a: { type: 'T', properties: { p: value } } } };
    expect(types(bind(template, given))).toEqual([expect.stringMatching(/^RequestLimitExceeded resources\.a\.properties/)]);
  };
  const words = (count: number): string[] => Array.from({ length: count }, (_, i) => `w${i}`);
  test('repeat: a product', () =>
    tooLarge({ repeat: { template: '%a%%b%%c%', for_each: { '%a%': words(1000), '%b%': words(1000), '%c%': words(1000) } } }));
  test('repeat: a long template', () => tooLarge({ repeat: { template: 'x'.repeat(100_000), for_each: { '%a%': words(1000) } } }));
  test('repeat: an empty list makes nothing of large ones', () => {
    const definition = bound({
      heat_template_version: '2021-04-16',
      outputs: { o: { value: { repeat: { template: 'a', for_each: { a: words(3000), b: words(3000), c: words(3000), d: [] } } } } },
    });
    expect(resolveOutput(definition, 'o', nothingKnown).value).toEqual([]);
  });
  test('str_replace inside str_replace', () => {
    let value: Json = 'xxxxxxxxxx';
    for (let i = 0; i < 20; i++) value = { str_replace: { template: value, params: { x: 'xxxxxxxxxx' } } };
    tooLarge(value);
  });
  test('str_replace: many keys in a long text', () => {
    tooLarge({ str_replace: { template: 'y'.repeat(200_000), params: Object.fromEntries(words(20_000).map((word) => [word, ''])) } });
  });
  test('a large parameter used often', () => {
    const parameter = { get_param: 'p' };
    tooLarge(Array.from({ length: 5000 }, () => parameter) as unknown as Json, { p: { type: 'string' } }, { p: 'x'.repeat(10_000) });
  });
  test('list_concat of itself', () => {
    let value: Json = Array.from({ length: 100 }, () => 1);
    for (let i = 0; i < 20; i++) value = { list_concat: [{ list_concat: [value, value] }, []] };
    // The value is written once and named twenty times over: the text is small only as data.
    const template = { heat_template_version: '2021-04-16', resources: { a: { type: 'T', properties: { p: value } } } };
    expect(bind(template).diagnostics[0]?.code).toMatch(/too-large/);
  });
});

describe('cost', () => {
  const chain = (count: number): JsonObject => ({
    heat_template_version: '2021-04-16',
    resources: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `r${i}`,
        { type: 'T', properties: { n: i, ...(i === 0 ? {} : { p: { get_resource: `r${i - 1}` } }) } },
      ]),
    ),
  });
  /** How many property reads a function makes on `template`: a measure of steps that no clock disturbs. */
  function readsOf(template: JsonObject): number {
    let reads = 0;
    const counting = (value: Json): Json =>
      value === null || typeof value !== 'object'
        ? value
        : (new Proxy(value, {
            get(target, key) {
              reads++;
              return counting(Reflect.get(target, key) as Json);
            },
          }) as Json);
    expect(bind(counting(template) as JsonObject).bound).not.toBeNull();
    return reads;
  }
  test('ten times the resources is ten times the steps', () => {
    const small = readsOf(chain(200));
    expect(readsOf(chain(2000))).toBeLessThan(12 * small);
  });
  test('ten thousand resources in a chain bind', () => {
    const { resources } = bound(chain(10_000));
    expect(resources.size).toBe(10_000);
    expect(resources.get('r9999')?.requires).toEqual(['r9998']);
  });
  test('a chain of ten thousand conditions', () => {
    const conditions = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`c${i}`, i === 0 ? true : { not: `c${i - 1}` }]));
    expect(bound({ heat_template_version: '2021-04-16', conditions }).conditions.get('c9999')).toBe(false);
  });
});
