/** Which rows are looked at, what is told of it, and what a traversal brings back. Pure tables. */
import { asId, type StackId } from '@hearth/kernel';
import { p, registryOf, type ResourceType } from '@hearth/resource-kit';
import type { DriftFinding, ResourceRecord, StackRecord } from '@hearth/store';
import { sampleResource, sampleStack } from '@hearth/store/testing';
import { describe, expect, it } from 'vitest';
import { afterLook, isHeldUp, isToBeSeen, mendedChange, mendedValues, newsOf, presentProperties, withMended } from './drift.ts';

const type = {
  name: 'Test::Thing',
  properties: { soft: p.string('', { updatable: true }), hard: p.string('') },
  update: async () => ({ kind: 'done' }),
} as unknown as ResourceType;
const nested = { ...type, name: 'Test::Nest', composite: {} } as unknown as ResourceType;
const registry = registryOf([type, nested]);
const id = asId<StackId>('00000000-0000-4000-8000-000000000001');
const stack = (given: Partial<StackRecord> = {}): StackRecord => sampleStack({ id, looksAskedAt: 10, traversal: 2, ...given });
const mending = (...paths: string[]): Partial<StackRecord> => ({ mending: { traversal: 2, paths } });
const row = (given: Partial<ResourceRecord> = {}): ResourceRecord =>
  sampleResource(id, { name: 'a', handler: 'Test::Thing', properties: { soft: 's', hard: 'h' }, physicalId: 'x', ...given });
const finding = (state: DriftFinding['state'], ...names: string[]): DriftFinding => ({
  state,
  at: 1,
  since: 1,
  reason: null,
  differences: names.map((property) => ({ property, expected: property[0] as string, actual: 'other' })),
});

describe('what is looked at', () => {
  const rows: readonly [string, Partial<ResourceRecord>, Partial<StackRecord>, boolean][] = [
    ['what nobody has looked at since', { lookedFor: 9 }, {}, true],
    ['what was looked at for this wish', { lookedFor: 10 }, {}, false],
    ['nothing that nobody wants looked at', {}, { looksAskedAt: 0 }, false],
    ['what failed too', { status: 'FAILED' }, {}, true],
    ['nothing under way', { status: 'IN_PROGRESS', phase: 'waiting' }, {}, false],
    ['nothing that is held by a hook', { data: { hook: { hook: 'post-create', isCleared: false } } }, {}, false],
    ['nothing whose place was taken', { replacedBy: row().id }, {}, false],
    ['nothing that is deleted', { action: 'DELETE', status: 'FAILED' }, {}, false],
    ['nothing of a stack that goes', {}, { action: 'DELETE' }, false],
    ['nothing of a stack that is gone', {}, { deletedAt: 4 }, false],
  ];
  it.each(rows)('%s', (_what, given, of, expected) => expect(isToBeSeen(stack(of), row(given))).toBe(expected));

  const held: readonly [string, Partial<ResourceRecord>, Partial<StackRecord>, boolean][] = [
    ['not where nothing is brought back', {}, {}, false],
    ['before what is brought back was seen', {}, mending(), true],
    ['not for what is not named', {}, mending('b'), false],
    ['not once it was seen', { lookedFor: 10 }, mending(), false],
    ['not for what this traversal made', { traversal: 2 }, mending(), false],
    ['not for what an earlier one brought back', {}, { mending: { traversal: 1, paths: [] } }, false],
  ];
  it.each(held)('the plan waits: %s', (_what, given, of, expected) => {
    const one = row(given);
    expect(isHeldUp(stack(of), new Map([[one.id, one]]))).toBe(expected);
  });
});

describe('what comes of a look', () => {
  it('changes nothing but what is known of drift; what was found before stays found since', () => {
    const before = row({ drift: finding('differs', 'soft') });
    const { at: _at, since: _since, ...same } = finding('differs', 'soft');
    expect(afterLook(before, same, 10, 50)).toEqual({ ...before, lookedFor: 10, drift: { ...same, at: 50, since: 1 } });
    const { at: _a, since: _s, ...other } = finding('gone');
    expect(afterLook(before, other, 10, 50).drift).toEqual({ ...other, at: 50, since: 50 });
  });

  const news: readonly [DriftFinding | null, DriftFinding, string | null][] = [
    [null, finding('in-sync'), null],
    [null, finding('gone'), 'Drift: it is gone from the cloud'],
    [null, finding('differs', 'soft', 'hard'), 'Drift: not as it was applied: soft, hard'],
    [finding('differs', 'soft'), finding('differs', 'soft'), null],
    [finding('differs', 'soft'), finding('differs', 'hard'), 'Drift: not as it was applied: hard'],
    [finding('differs', 'soft'), finding('in-sync'), 'Drift: it is as it was applied again'],
    [finding('gone'), finding('in-sync'), 'Drift: it is as it was applied again'],
    [finding('unknown'), finding('in-sync'), null],
    [finding('in-sync'), finding('unknown'), null],
  ];
  it.each(news)('%j then %j', (before, after, told) => expect(newsOf(row({ drift: before }), row({ drift: after }))).toBe(told));

  it('tells of what was accepted no more', () => {
    const drift = finding('differs', 'soft');
    const accepted = { differences: drift.differences };
    expect(newsOf(row({ accepted }), row({ drift, accepted }))).toBeNull();
  });
});

describe('what is brought back', () => {
  const rows: readonly [string, Partial<ResourceRecord>, Partial<StackRecord>, ReturnType<typeof mendedChange>][] = [
    ['nothing in another traversal', { drift: finding('differs', 'soft') }, {}, 'same'],
    ['in place what can change', { drift: finding('differs', 'soft') }, mending(), 'update'],
    ['anew what cannot', { drift: finding('differs', 'soft', 'hard') }, mending(), 'replace'],
    ['anew what is gone', { drift: finding('gone') }, mending(), 'replace'],
    ['nothing that is in sync', { drift: finding('in-sync') }, mending(), 'same'],
    ['nothing that cannot be told', { drift: finding('unknown') }, mending(), 'same'],
    ['nothing that is not named', { drift: finding('gone') }, mending('b'), 'same'],
    ['nothing twice', { drift: finding('gone'), traversal: 2 }, mending(), 'same'],
    ['what has given its place for another one', { drift: finding('gone'), traversal: 2, handOver: 'given' }, mending(), 'replace'],
    ['a stack of its own by an update', { handler: 'Test::Nest' }, mending(), 'update'],
    ['a stack of its own where something in it is named', { handler: 'Test::Nest' }, mending('a/x'), 'update'],
  ];
  it.each(rows)('%s', (_what, given, of, change) => expect(mendedChange('same', stack(of), row(given), registry)).toBe(change));

  it('never makes less of a change', () => {
    expect(mendedChange('replace', stack(mending()), row({ drift: finding('differs', 'soft') }), registry)).toBe('replace');
    expect(mendedChange('update', stack(mending()), row({ drift: finding('in-sync') }), registry)).toBe('update');
  });

  it('is set again, and the update knows what is there', () => {
    const drifted = row({ drift: finding('differs', 'soft', 'hard'), uncertain: ['other'] });
    expect(mendedValues(stack(mending()), drifted)).toEqual({ soft: 'other', hard: 'other' });
    const begun = withMended(stack(mending()), drifted);
    expect(begun.uncertain).toEqual(['other', 'soft', 'hard']);
    expect(presentProperties(begun, type)).toEqual({ soft: 'other', hard: 'h' });
    expect(presentProperties(drifted, type)).toEqual({ soft: 's', hard: 'h' });
    expect(withMended(stack(), drifted).uncertain).toEqual(['other']);
  });
});
