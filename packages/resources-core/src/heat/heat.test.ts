/** What is special about each of the types that live in our own rows only; what all types promise is tried in `tests/resource-contract`. */
import type { JsonObject, Random } from '@hearth/kernel';
import { silentLog } from '@hearth/kernel';
import { checkProperties, NO_SIGNALS, ResourceFailed, type Live, type ResourceType } from '@hearth/resource-kit';
import { memoryConfigShelf } from '@hearth/resource-kit/testing';
import { seededRandom } from '@hearth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { none } from './none.ts';
import { randomString } from './random-string.ts';
import { testResource } from './test-resource.ts';
import { value } from './value.ts';

const matchesPattern = (): boolean => true;

function live(type: ResourceType, raw: JsonObject, extra: Partial<Live> = {}): Live {
  const { props, problems } = checkProperties(type, raw, { lenient: false, matchesPattern });
  expect(problems).toEqual([]);
  const never = { aborted: false, addEventListener() {}, removeEventListener() {} };
  return {
    cloud: null,
    configs: memoryConfigShelf({ clock: { now: () => 0 }, random: seededRandom(3) }),
    signals: NO_SIGNALS,
    metadata: {},
    props,
    physicalName: 'stack-a-abc',
    physicalId: 'stack-a-abc',
    data: {},
    stackId: 's',
    stackName: 's',
    projectId: 'p',
    rootStackId: 's',
    resourceName: 'a',
    startedAt: 0,
    now: 0,
    random: seededRandom(7),
    cancel: never,
    log: silentLog,
    ...extra,
  };
}
const problemsOf = (type: ResourceType, raw: JsonObject): string[] =>
  checkProperties(type, raw, { lenient: false, matchesPattern }).problems.map((problem) => problem.message);

describe('RandomString', () => {
  const make = async (raw: JsonObject, random: Random = seededRandom(7)): Promise<string> => {
    const progress = await randomString.create(live(randomString, raw, { random }));
    return randomString.referenceId?.({ physicalId: progress.physicalId, physicalName: 'p', data: progress.data ?? {} }) as string;
  };
  it('is 32 letters and digits by default', async () => expect(await make({})).toMatch(/^[A-Za-z0-9]{32}$/));
  it('keeps every minimum and the length, whatever is drawn', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 6, max: 60 }), fc.nat(), async (length, seed) => {
        const text = await make(
          { length, character_classes: [{ class: 'digits', min: 4 }], character_sequences: [{ sequence: '#%', min: 2 }] },
          seededRandom(seed),
        );
        expect(text).toHaveLength(length);
        expect(text).toMatch(/^[0-9#%]+$/);
        expect(text.replace(/[^0-9]/g, '').length).toBeGreaterThanOrEqual(4);
        expect(text.replace(/[^#%]/g, '').length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 50 },
    ));
  it('draws evenly', async () => {
    const text = await make({ length: 512, character_classes: [{ class: 'octdigits' }] });
    for (const digit of '01234567') expect(text.split(digit).length - 1).toBeGreaterThan(30);
  });
  it('refuses minimums above the length', () =>
    expect(problemsOf(randomString, { length: 5, character_classes: [{ min: 10 }] })).toEqual([
      'Length property cannot be smaller than combined character class and character sequence minimums',
    ]));
});

describe('Value', () => {
  const rows: readonly (readonly [JsonObject, unknown])[] = [
    [{ value: 'a,b', type: 'comma_delimited_list' }, ['a', 'b']],
    [{ value: '', type: 'comma_delimited_list' }, []],
    [{ value: '{"a": 1}', type: 'json' }, { a: 1 }],
    [{ value: { a: [1, 2] }, type: 'string' }, '{"a": [1, 2]}'],
    [{ value: true, type: 'string' }, 'True'],
    [{ value: '3.5', type: 'number' }, 3.5],
    [{ value: 'False', type: 'boolean' }, false],
    [{ value: { free: null } }, { free: null }],
    [{ value: null }, null],
  ];
  it.each(rows)('%j', async (raw, expected) => expect(await value.observe(live(value, raw))).toEqual({ value: expected, show: null }));
  const wrong: readonly (readonly [JsonObject, string])[] = [
    [{ value: 'a', type: 'number' }, "could not convert string to float: 'a'"],
    [{ value: 'a', type: 'boolean' }, '"a" is not a valid boolean'],
    [{ value: 'x{', type: 'json' }, '"x{" is not a map'],
    [{ value: { a: 1 }, type: 'comma_delimited_list' }, '"{"a": 1}" is not a list'],
  ];
  it.each(wrong)('%j is refused', (raw, message) => expect(problemsOf(value, raw)).toEqual([message]));
});

describe('None', () => {
  it('takes any property', () =>
    expect(checkProperties(none, { a: 1, b: {} }, { lenient: false, matchesPattern })).toEqual({ props: {}, problems: [], custom: [] }));
});

describe('TestResource', () => {
  it('waits as long as asked, through a token', async () => {
    const begun = await testResource.create(live(testResource, { wait_secs: 5, action_wait_secs: { create: 2 } }, { now: 1_000 }));
    expect(begun).toMatchObject({ kind: 'wait', token: 3_000, afterMs: 2_000, physicalId: 'stack-a-abc' });
    expect(await testResource.checkCreate?.(live(testResource, {}, { now: 2_500 }), 3_000)).toMatchObject({ kind: 'wait', afterMs: 500 });
    expect(await testResource.checkCreate?.(live(testResource, {}, { now: 3_000 }), 3_000)).toEqual({ kind: 'done' });
  });
  it('fails creation and update, never deletion', async () => {
    await expect(testResource.create(live(testResource, { fail: true }))).rejects.toThrow(
      new ResourceFailed('Test Resource failed a', 'ValueError'),
    );
    expect(await testResource.delete(live(testResource, { fail: true }))).toEqual({ kind: 'done' });
  });
  it('never ends with -1', async () =>
    expect(await testResource.create(live(testResource, { wait_secs: -1 }))).toMatchObject({ kind: 'wait', token: null }));
});
