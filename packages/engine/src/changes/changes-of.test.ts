/** What is told beforehand: every kind of change, with its reason, its properties, and what is not known or not to be seen. */
import { asId, type JsonObject, type ResourceId, type StackId } from '@hearth/kernel';
import { a, c, checkProperties, compositeType, done, p, registryOf, resourceTypes } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { sampleDefinition, sampleResource, sampleStack } from '@hearth/store/testing';
import { emptyEnvironment, matchesPattern } from '@hearth/template';
import { describe, expect, it } from 'vitest';
import { childDigest, storedChild } from '../child-definition.ts';
import { compileDefinition, type CompiledDefinition } from '../compiled.ts';
import { wantedDigest } from '../transitions.ts';
import type { ResourceChange } from './change-set.ts';
import { changesOf } from './changes-of.ts';

const calls = {
  create: async () => done({ physicalId: 'x' }),
  update: async () => done(),
  delete: async () => done(),
};
const disk = resourceTypes<unknown>()({
  name: 'Test::Disk',
  doc: 'For tests.',
  examples: [],
  properties: {
    size: p.integer('Size.', { updatable: true, constraints: [c.range(1, 100)] }),
    zone: p.string('Zone.'),
    source: p.string('Another disk.', { updatable: true }),
    key: p.string('Not to be seen.', { updatable: true, secret: true }),
  },
  attributes: { path: a.string('Path.'), size: a.integer('Size.') },
  observe: async () => ({ path: null, size: null }),
  replaces: (before, after) => (Number(after['size']) < Number(before['size']) ? ['size'] : []),
  ...calls,
});
const other = resourceTypes<unknown>()({
  name: 'Test::Other',
  doc: 'For tests.',
  examples: [],
  properties: { size: p.integer('Size.') },
  attributes: {},
  observe: async () => ({}),
  ...calls,
});
/** As many disks as it is told, in a stack of their own. */
const disks = compositeType({
  name: 'Test::Disks',
  doc: 'For tests.',
  support: { status: 'SUPPORTED', since: null },
  examples: [],
  properties: { count: p.integer('How many.', { updatable: true }), source: p.string('Of all.', { updatable: true }) },
  attributes: {},
  composite: {
    definition: ({ props }) => ({
      template: {
        heat_template_version: '2018-08-31',
        resources: Object.fromEntries(
          Array.from({ length: Number(props['count'] ?? 1) }, (_, i) => [
            String(i),
            { type: 'Test::Disk', properties: { size: 1, source: props['source'] ?? null } },
          ]),
        ),
      },
      parameters: {},
      asks: {},
    }),
    select: ([name], child) => (name === 'refs' ? child.names.map((one) => child.referenceId(one)) : null),
  },
});
const registry = registryOf([disk, other, disks]);
const STACK = asId<StackId>('11111111-1111-4111-8111-111111111111');
const stack = sampleStack({ id: STACK, name: 'web' });

const compiled = (resources: JsonObject, more: JsonObject = {}, environment: JsonObject = {}): CompiledDefinition =>
  compileDefinition(
    sampleDefinition(stack, {
      template: { heat_template_version: '2018-08-31', ...more, resources },
      environment: { ...emptyEnvironment, ...environment },
      files: {},
    }),
    stack,
    registry,
  );
const type = (name: string) => registry.get(name) as NonNullable<ReturnType<typeof registry.get>>;
const id = (name: string): ResourceId => asId<ResourceId>(`00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padStart(12, '0')}`);

/** A row as the engine leaves it once it was made from these properties. */
function row(name: string, properties: JsonObject, given: Partial<ResourceRecord> = {}, handler = 'Test::Disk'): ResourceRecord {
  const props = checkProperties(type(handler), properties, { lenient: false, matchesPattern }).props;
  const one = sampleResource(STACK, { id: id(name), name, type: handler, physicalId: `id-of-${name}`, properties: props, ...given });
  return { ...one, digest: 'digest' in given ? (given.digest ?? null) : wantedDigest({ ...one, externalId: null }) };
}
const wants = (name: string, properties: JsonObject, more: JsonObject = {}, of = 'Test::Disk'): JsonObject => ({
  [name]: { type: of, properties, ...more },
});
function told(wanted: CompiledDefinition | null, rows: readonly ResourceRecord[], before: readonly CompiledDefinition[] = []) {
  const { changes, missing } = changesOf({ registry, stack, wanted, before, rows, children: new Map(), isUpdate: true });
  expect(missing).toEqual([]);
  return changes;
}
const short = ({ kind, path, reason, maybe }: ResourceChange): string =>
  [kind, path.join('/'), reason?.code, reason?.properties.join(), maybe.length > 0 ? `or ${maybe.join('/')}` : '']
    .filter(Boolean)
    .join(' ');

describe('one resource', () => {
  const cases: readonly (readonly [string, JsonObject, readonly ResourceRecord[], readonly string[]])[] = [
    ['nothing differs', wants('d', { size: 2 }), [row('d', { size: 2 })], ['unchanged d']],
    ['it is new', wants('d', {}), [], ['added d']],
    ['it is wanted no more', {}, [row('d', {})], ['deleted d']],
    ['a property that can change', wants('d', { size: 3 }), [row('d', { size: 2 })], ['updated d properties size']],
    ['one that cannot', wants('d', { zone: 'b' }), [row('d', { zone: 'a' })], ['replaced d property zone']],
    ['the type says so', wants('d', { size: 1 }), [row('d', { size: 2 })], ['replaced d type-rule size']],
    ['another type', wants('d', { size: 1 }, {}, 'Test::Other'), [row('d', { size: 1 })], ['replaced d type']],
    [
      'found broken',
      wants('d', {}),
      [row('d', {}, { action: 'CHECK', status: 'FAILED', data: { unhealthy: true } })],
      ['replaced d unhealthy'],
    ],
    ['a check that was broken off', wants('d', {}), [row('d', {}, { action: 'CHECK', status: 'FAILED' })], ['updated d unfinished']],
    ['not made', wants('d', {}), [row('d', {}, { status: 'FAILED', digest: null })], ['replaced d creation-failed']],
    [
      'refused in place before',
      wants('d', { size: 5 }),
      [row('d', { size: 2 }, { pending: row('d', { size: 5 }).properties })],
      ['replaced d refused-in-place'],
    ],
    [
      'an update that failed',
      wants('d', {}),
      [row('d', {}, { action: 'UPDATE', status: 'FAILED', digest: null })],
      ['updated d unfinished'],
    ],
    ['metadata', wants('d', {}, { metadata: { k: 1 } }), [row('d', {})], ['updated d metadata']],
    ['deletion policy', wants('d', {}, { deletion_policy: 'retain' }), [row('d', {})], ['updated d deletion-policy']],
    [
      'another requirement',
      { ...wants('d', {}, { depends_on: 'e' }), ...wants('e', {}) },
      [row('d', {}), row('e', {})],
      ['unchanged e', 'relinked d'],
    ],
    [
      'under way: as once it is done',
      wants('d', { size: 3 }),
      [row('d', { size: 2 }, { action: 'UPDATE', status: 'IN_PROGRESS', phase: 'calling', pending: row('d', { size: 3 }).properties })],
      ['unchanged d'],
    ],
    [
      'the one that was replaced is what is wanted',
      wants('d', { zone: 'a' }),
      [row('d', { zone: 'b' }, { replaces: id('old') }), { ...row('d', { zone: 'a' }), id: id('old'), replacedBy: id('d') }],
      ['unchanged d', 'deleted d'],
    ],
    ['gone, and looked for still', {}, [row('d', {}, { action: 'DELETE' })], []],
  ];
  it.each(cases)('%s', (_name, resources, rows, expected) => expect(told(compiled(resources), rows).map(short)).toEqual(expected));

  it.each([
    ['delete', 'Test::Disk', 'deleted'],
    ['retain', 'Test::Disk', 'retained'],
  ] as const)('what goes by the policy %s', (deletionPolicy, _type, deletion) =>
    expect(told(null, [row('d', {}, { deletionPolicy })])[0]?.deletion).toBe(deletion),
  );
  it('what was only looked at is left', () => expect(told(null, [row('d', {}, { data: { externalId: 'x' } })])[0]?.deletion).toBe('left'));

  it('properties before and after, and what forces the replacement', () => {
    const [change] = told(compiled(wants('d', { size: 4, zone: 'b' })), [row('d', { size: 3, zone: 'a' })]);
    expect(change?.properties.map(({ name, before, after, replaces }) => [name, before, after, replaces])).toEqual([
      ['size', 3, 4, false],
      ['zone', 'a', 'b', true],
    ]);
  });

  it.each(['update', 'replace'])('what the environment forbids will fail: %s', (action) => {
    const environment = { resourceRegistry: { resources: { d: { restricted_actions: action } } } };
    const wanted = compiled(wants('d', action === 'update' ? { size: 3 } : { zone: 'b' }), {}, environment);
    expect(told(wanted, [row('d', { size: 2 })])[0]?.failure).toContain(`${action} is restricted`);
  });
  it('what cannot be had will fail', () =>
    expect(
      told(compiled({ ...wants('d', { size: { get_attr: ['e', 'size'] } }), ...wants('e', {}) }), [
        row('e', {}, { attributes: { path: '/', size: 1000 } }),
      ]).at(-1)?.failure,
    ).toContain('1000'));
});

describe('what others refer to', () => {
  const pair = (origin: JsonObject, part: JsonObject): CompiledDefinition =>
    compiled({ ...wants('a', origin), ...wants('b', { source: part }) });
  const rows = (source: string, requires = [id('a')]) => [
    row('a', { size: 2, zone: 'a' }, { attributes: { path: '/a', size: 2 } }),
    row('b', { source }, { requires }),
  ];
  const RIPPLES: readonly (readonly [string, JsonObject, JsonObject, string, string])[] = [
    ['nothing changes', { size: 2, zone: 'a' }, { get_resource: 'a' }, 'id-of-a', 'unchanged b'],
    ['it is updated: its id stays', { size: 3, zone: 'a' }, { get_resource: 'a' }, 'id-of-a', 'unchanged b'],
    [
      'it is replaced: its id is not known',
      { size: 2, zone: 'b' },
      { get_resource: 'a' },
      'id-of-a',
      'updated b properties source or relinked',
    ],
    ['it is updated: an attribute may change', { size: 3, zone: 'a' }, { get_attr: ['a', 'path'] }, '/a', 'unchanged b or updated'],
    ['the very attribute changes', { size: 3, zone: 'a' }, { get_attr: ['a', 'size'] }, '2', 'updated b properties source or unchanged'],
  ];
  it.each(RIPPLES)('%s', (_name, origin, part, source, expected) => {
    const changes = told(pair(origin, part), rows(source));
    expect(short(changes.at(-1) as ResourceChange).replace(/ or replaced|\/replaced|replaced\//, '')).toBe(expected);
  });
  it('a value that is not known is told as such', () => {
    const change = told(pair({ size: 2, zone: 'b' }, { get_resource: 'a' }), rows('id-of-a')).at(-1);
    expect(change?.properties).toMatchObject([{ name: 'source', before: 'id-of-a', after: null, isUnknown: true }]);
  });
});

describe('what must not be seen', () => {
  const SECRET = 'very-hidden';
  const parameters = { pw: { type: 'string', hidden: true } };
  const holding = (value: string, properties: JsonObject): CompiledDefinition =>
    compiled(wants('d', properties), { parameters }, { parameters: { pw: value } });
  const seen = (changes: readonly ResourceChange[]): string => JSON.stringify(changes);

  it('a secret property', () => {
    const changes = told(compiled(wants('d', { key: 'new-key' })), [row('d', { key: 'old-key' })]);
    expect(changes[0]?.properties).toMatchObject([{ name: 'key', before: '***', after: '***', isSecret: true }]);
    expect(seen(changes)).not.toMatch(/new-key|old-key/);
  });
  it('what was computed from a hidden parameter, also by the definition before', () => {
    const computed = { source: { list_join: ['-', ['x', { get_param: 'pw' }]] } };
    const before = holding(SECRET, computed);
    const rows = [row('d', { source: `x-${SECRET}` })];
    expect(seen(told(holding('other-one', computed), rows, [before]))).not.toMatch(/very-hidden|other-one/);
    expect(seen(told(compiled(wants('d', { source: 'open' })), rows, [before]))).not.toContain(SECRET);
  });
  it('the same in what is added, in metadata and below', () => {
    const hidden = { get_param: 'pw' };
    const resources = {
      ...wants('d', { source: hidden }, { metadata: { m: hidden } }),
      ...wants('all', { count: 1, source: hidden }, {}, 'Test::Disks'),
    };
    const changes = told(compiled(resources, { parameters }, { parameters: { pw: SECRET } }), []);
    expect(changes.map(short)).toEqual(['added d', 'added all', 'added all/0']);
    expect(seen(changes)).not.toContain(SECRET);
  });
});

describe('a stack of its own', () => {
  const group = (count: number, more: JsonObject = {}) => wants('all', { count, ...more }, {}, 'Test::Disks');
  const CHILD = asId<StackId>(id('all'));
  /** The group as it was made, with its stack. */
  function made(count: number, given: Partial<ResourceRecord> = {}) {
    const definition = compiled(group(count));
    const own = row('all', { count }, { physicalId: CHILD, ...given }, 'Test::Disks');
    const child = type('Test::Disks').composite?.definition({
      props: own.properties,
      resourceName: 'all',
      asked: [],
      memory: {},
      files: {},
      templateKey: null,
      maxMembers: 10,
      isTrial: false,
    });
    const stored = storedChild(definition, own, child as NonNullable<typeof child>);
    const record = sampleStack({ id: CHILD, parentId: STACK, parentResource: 'all', rootId: STACK, depth: 1, status: 'COMPLETE' });
    const resources = Array.from({ length: count }, (_, i) => ({
      ...row(String(i), { size: 1, source: '' }),
      stackId: CHILD,
      id: id(`m${i}`),
    }));
    const snapshot = { stack: record, definitions: [sampleDefinition(record, stored)], resources, credential: null, snapshots: [] };
    return { own: { ...own, data: { child: { digest: childDigest(stored), memory: {} } } }, snapshot };
  }
  const toldOf = (wanted: CompiledDefinition | null, { own, snapshot }: ReturnType<typeof made>, isThere = true) =>
    changesOf({
      registry,
      stack,
      wanted,
      before: [],
      rows: [own],
      children: new Map([[CHILD, isThere ? snapshot : null]]),
      isUpdate: true,
    });

  it('is asked for when it is needed, and only then', () => {
    const { own } = made(2);
    const ask = (count: number) =>
      changesOf({ registry, stack, wanted: compiled(group(count)), before: [], rows: [own], children: new Map(), isUpdate: true }).missing;
    expect([ask(2), ask(3)]).toEqual([[], [CHILD]]);
  });
  const CASES: readonly (readonly [string, JsonObject, readonly string[]])[] = [
    ['stays', group(2), ['unchanged all']],
    ['grows', group(3), ['updated all properties count', 'unchanged all/0', 'unchanged all/1', 'added all/2']],
    ['shrinks', group(1), ['updated all properties count', 'unchanged all/0', 'deleted all/1']],
    [
      'changes its members',
      group(2, { source: 's' }),
      ['updated all properties source', 'updated all/0 properties source', 'updated all/1 properties source'],
    ],
    ['is wanted no more', {}, ['deleted all', 'deleted all/0', 'deleted all/1']],
    ['is something else now', wants('all', {}), ['replaced all type', 'deleted all/0', 'deleted all/1']],
  ];
  it.each(CASES)('%s', (_name, resources, expected) => {
    const { changes } = toldOf(compiled(resources), made(2));
    expect(changes.map(short)).toEqual(expected);
  });
  it('is made anew when its stack is gone', () => {
    const { changes } = toldOf(compiled(group(3)), made(2), false);
    expect(changes.map(short)).toEqual(['replaced all nested-stack-gone', 'added all/0', 'added all/1', 'added all/2']);
  });
  it('keeps all that is below where it is retained', () => {
    const { changes } = toldOf(null, made(2, { deletionPolicy: 'retain' }));
    expect(changes.map(({ path, deletion }) => [path.join('/'), deletion])).toEqual([['all', 'retained']]);
  });
  it('whose members depend on what is not known: each may change', () => {
    const resources = { ...wants('a', {}), ...group(2, { source: { get_resource: 'a' } }) };
    const { changes } = toldOf(compiled(resources), made(2));
    expect(changes.map(({ kind, path }) => `${kind} ${path.join('/')}`)).toEqual([
      'added a',
      'updated all',
      'updated all/0',
      'updated all/1',
    ]);
    expect(changes[2]?.properties).toMatchObject([{ name: 'source', isUnknown: true }]);
  });
});
