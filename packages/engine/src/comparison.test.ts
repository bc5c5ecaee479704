/** Rows against what a definition wants of them: the same, an update or a replacement; and nothing is worked out twice. */
import { asId, type JsonObject, type StackId } from '@hearth/kernel';
import { a, checkProperties, done, p, registryOf, resourceTypes } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { sampleDefinition, sampleResource, sampleStack } from '@hearth/store/testing';
import { emptyEnvironment, matchesPattern } from '@hearth/template';
import { describe, expect, it } from 'vitest';
import { asActual, changedProperties, comparison, hasAttributes, type Comparison } from './comparison.ts';
import { compileDefinition } from './compiled.ts';
import { afterOutcome, beginUpdate, externalIdOf, wantedDigest } from './transitions.ts';

let asked = 0;
const disk = resourceTypes<unknown>()({
  name: 'Test::Disk',
  doc: 'For tests.',
  examples: [],
  properties: {
    size: p.integer('Size.', { updatable: true, constraints: [{ kind: 'range', min: 1, max: 9 }] }),
    zone: p.string('Zone.'),
    source: p.string('Another disk.', { updatable: true }),
  },
  attributes: { path: a.string('Path.') },
  validate: () => {
    asked++;
    return [];
  },
  create: async () => done({ physicalId: 'x' }),
  update: async () => done(),
  delete: async () => done(),
  observe: async () => ({ path: '/' }),
});
const registry = registryOf([disk]);
const STACK = asId<StackId>('11111111-1111-4111-8111-111111111111');

/** The definition: `copy` is made from `origin`. */
function compare(copy: JsonObject = {}): Comparison {
  const stack = sampleStack({ id: STACK });
  const template = {
    heat_template_version: '2018-08-31',
    resources: {
      origin: { type: 'Test::Disk', properties: { size: 1 } },
      copy: { type: 'Test::Disk', properties: { size: 2, zone: 'east', source: { get_attr: ['origin', 'path'] } }, ...copy },
    },
  };
  return comparison(
    compileDefinition(sampleDefinition(stack, { template, environment: { ...emptyEnvironment } }), stack, registry),
    registry,
  );
}
const DESIRED = { name: 'copy', type: 'Test::Disk', requires: ['origin'] };

const properties = (raw: JsonObject): JsonObject => checkProperties(disk, raw, { lenient: false, matchesPattern }).props;
const originAt = (path: string) => sampleResource(STACK, { name: 'origin', type: 'Test::Disk', physicalId: 'o', attributes: { path } });
const ORIGIN = originAt('/a');
const APPLIED = properties({ size: 2, zone: 'east', source: '/a' });
/** A row that was made from the definition above, or with other properties. */
function copyRow(given: Partial<ResourceRecord> = {}): ResourceRecord {
  const row = sampleResource(STACK, { name: 'copy', type: 'Test::Disk', physicalId: 'c', properties: APPLIED, ...given });
  return { ...row, digest: 'digest' in given ? (given.digest ?? null) : wantedDigest({ ...row, externalId: externalIdOf(row) }) };
}

describe('change', () => {
  const rows: readonly (readonly [string, ResourceRecord, 'same' | 'update' | 'replace'])[] = [
    ['nothing differs', copyRow(), 'same'],
    ['a property that can change in place', copyRow({ properties: { ...APPLIED, size: 3 } }), 'update'],
    ['a value taken from another resource', copyRow({ properties: { ...APPLIED, source: '/b' } }), 'update'],
    ['a property that cannot', copyRow({ properties: { ...APPLIED, zone: 'west' } }), 'replace'],
    ['both', copyRow({ properties: { ...APPLIED, size: 3, zone: 'west' } }), 'replace'],
    ['metadata only', copyRow({ metadata: { note: 'old' } }), 'update'],
    ['the deletion policy only', copyRow({ deletionPolicy: 'retain' }), 'update'],
    ['it stands for what is there already', copyRow({ data: { externalId: 'there' }, properties: { ...APPLIED, zone: 'west' } }), 'update'],
    ['what is applied is not known', copyRow({ digest: null }), 'update'],
    ['these very properties were refused in place', copyRow({ properties: { ...APPLIED, size: 3 }, pending: APPLIED }), 'replace'],
    ['others were refused in place', copyRow({ properties: { ...APPLIED, size: 3 }, pending: { ...APPLIED, size: 4 } }), 'update'],
    ['others were refused, and what is there is wanted again', copyRow({ pending: { ...APPLIED, size: 4 } }), 'same'],
    [
      'an update to these properties has failed: it is tried again in place',
      copyRow({ action: 'UPDATE', status: 'FAILED', properties: { ...APPLIED, size: 3 }, pending: APPLIED, digest: null }),
      'update',
    ],
  ];
  it.each(rows)('%s', (_name, row, expected) => expect(compare().change(DESIRED, row, [ORIGIN])).toBe(expected));

  it('of metadata leaves no property to hand to the handler', () => {
    const { wanted } = compare({ metadata: { note: 'new' } }).wantedOf('copy', [ORIGIN]);
    expect(wanted?.metadata).toEqual({ note: 'new' });
    const row = beginUpdate(copyRow(), wanted as NonNullable<typeof wanted>, [], 2, 0);
    expect(changedProperties(disk, row)).toEqual({});
  });

  it('is a replacement once the update was refused, and none when the old properties are wanted again', () => {
    const before = copyRow({ properties: { ...APPLIED, size: 3 } });
    const wanted = { properties: APPLIED, metadata: {}, deletionPolicy: 'delete', externalId: null } as const;
    const refused = afterOutcome(beginUpdate(before, wanted, [], 2, 0), { kind: 'replace', reason: 'only anew' }, 0, null);
    expect(compare().change(DESIRED, refused as ResourceRecord, [ORIGIN])).toBe('replace');
    const back = compare({ properties: { size: 3, zone: 'east', source: '/a' } });
    expect(back.change(DESIRED, refused as ResourceRecord, [ORIGIN])).toBe('update');
  });

  it('is an update when somebody asks for an attribute that was not read', () => {
    const { state: _state, ...others } = { state: 'up', other: 1 };
    expect(hasAttributes(disk, copyRow({ attributes: null }), new Set())).toBe(true);
    expect(hasAttributes(disk, copyRow({ attributes: null }), new Set(['state']))).toBe(false);
    expect(hasAttributes(disk, copyRow({ attributes: others }), new Set(['state']))).toBe(false);
    expect(hasAttributes(disk, copyRow({ attributes: { state: null } }), new Set(['state']))).toBe(true);
  });

  it('is an update when it cannot be said what is wanted, so that the resource can fail with the reason', () =>
    expect(compare({ properties: { size: 99 } }).change(DESIRED, copyRow(), [ORIGIN])).toBe('update'));
});

describe('wantedOf', () => {
  it.each([
    ['is an id: whatever properties the template gives, nothing is said of them', 'there', 'there'],
    ['is empty', '', null],
  ])('external_id %s', (_name, external_id, expected) => {
    const { wanted, problem } = compare({ external_id }).wantedOf('copy', [ORIGIN]);
    expect(wanted?.externalId ?? null).toBe(expected);
    if (expected === null) expect(problem).toContain('external_id');
    else expect(wanted?.properties).not.toHaveProperty('zone', 'east');
  });
  it('resolves from the rows that are required', () => {
    const now = compare().wantedOf('copy', [ORIGIN]);
    expect(now.wanted).toEqual({ properties: APPLIED, metadata: {}, deletionPolicy: 'delete', externalId: null });
    expect(now.wanted !== null && now.digest()).toBe(copyRow().digest);
  });

  it('says what is wrong with values', () =>
    expect(compare({ properties: { size: 99, nosuch: 1 } }).wantedOf('copy', [ORIGIN])).toEqual({
      wanted: null,
      problem: 'StackValidationFailed: properties: Unknown Property nosuch; properties.size: 99 is out of range (min: 1, max: 9)',
    }));

  it('refuses a name that the definition lacks', () =>
    expect(() => compare().wantedOf('nosuch', [])).toThrow('resource nosuch is not in definition'));

  it('remembers while the rows are the same objects', () => {
    const one = compare();
    asked = 0;
    const first = one.wantedOf('copy', [ORIGIN]);
    expect(one.wantedOf('copy', [ORIGIN])).toBe(first);
    one.change(DESIRED, copyRow(), [ORIGIN]);
    expect(asked).toBe(1);
  });

  it('resolves anew when a required row has changed', () => {
    const one = compare();
    asked = 0;
    one.wantedOf('copy', [ORIGIN]);
    expect(one.wantedOf('copy', [originAt('/b')]).wanted?.properties.source).toBe('/b');
    expect(asked).toBe(2);
    expect(one.change(DESIRED, copyRow(), [originAt('/b')])).toBe('update');
    expect(one.change(DESIRED, copyRow(), [ORIGIN])).toBe('same');
  });
});

describe('changedProperties', () => {
  const rows: readonly (readonly [string, JsonObject | null, readonly string[], JsonObject])[] = [
    ['nothing pending', null, [], {}],
    ['what differs from what was applied', { ...APPLIED, size: 5 }, [], { size: 5 }],
    ['and what a broken-off update may have set', { ...APPLIED, size: 5 }, ['source'], { size: 5, source: '/a' }],
    ['which is undone though what was applied is wanted', APPLIED, ['source'], { source: '/a' }],
    ['but never what cannot change in place', APPLIED, ['zone'], {}],
  ];
  it.each(rows)('%s', (_name, pending, uncertain, expected) =>
    expect(changedProperties(disk, copyRow({ pending, uncertain }))).toEqual(expected),
  );
});

describe('asActual', () => {
  const rows: readonly (readonly [Partial<ResourceRecord>, object])[] = [
    [{}, { action: 'create', status: 'complete' }],
    [
      { action: 'UPDATE', status: 'FAILED' },
      { action: 'update', status: 'failed' },
    ],
    [
      { action: 'DELETE', status: 'IN_PROGRESS', phase: 'calling' },
      { action: 'delete', status: 'calling' },
    ],
    [
      { status: 'IN_PROGRESS', phase: 'waiting' },
      { action: 'create', status: 'waiting' },
    ],
  ];
  it.each(rows)('%j', (given, expected) => expect(asActual(copyRow(given), registry)).toMatchObject(expected));
});
