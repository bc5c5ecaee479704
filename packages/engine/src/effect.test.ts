/** One step on one resource, against a made-up type and a clock that the test moves: what is called, what is said, what comes of it. */
import { asId, Failure, type FailureCode, type JsonObject, type Log, silentLog } from '@hearth/kernel';
import {
  type Call,
  type Live,
  NeedsReplacement,
  NO_SIGNALS,
  type Progress,
  registryOf,
  ResourceFailed,
  type ResourceType,
} from '@hearth/resource-kit';
import { memoryConfigShelf } from '@hearth/resource-kit/testing';
import type { ResourceRecord } from '@hearth/store';
import { sampleResource, sampleStack } from '@hearth/store/testing';
import { virtualTimers } from '@hearth/testkit';
import { describe, expect, it } from 'vitest';
import { callLimit } from './call-limit.ts';
import type { CompiledDefinition } from './compiled.ts';
import { Abandoned, type Effect, type EffectPorts, perform } from './effect.ts';
import type { Outcome } from './outcome.ts';
import { memoryStore } from './testing/memory-store.ts';

type Answer = Progress | Error;
interface Script {
  /** Answers of each handler, one a call; the last one stays. An Error is thrown. */
  readonly find?: readonly (readonly string[] | Error)[];
  readonly create?: readonly Answer[];
  readonly update?: readonly Answer[];
  readonly delete?: readonly Answer[];
  readonly check?: readonly Answer[];
  readonly copies?: readonly (readonly string[])[];
  readonly copy?: readonly Answer[];
  readonly observe?: JsonObject | null;
  readonly isFoundByPlace?: true;
}

const DONE = { kind: 'done' } as const;
const MADE = { kind: 'done', physicalId: 'made' } as const;
const failure = (code: FailureCode, message = 'no luck') => new Failure(code, message);

/** A type that notes each call as `handler id …` and answers from the script. */
function scripted(script: Script) {
  const calls: string[] = [];
  const answers = new Map<string, number>();
  const next = <T>(name: string, list: readonly (T | Error)[]): T => {
    const at = answers.get(name) ?? 0;
    answers.set(name, at + 1);
    const answer = list[Math.min(at, list.length - 1)] as T | Error;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const look = (name: string) => async (live: Live, token: unknown) => {
    calls.push(`${name} ${live.physicalId} ${JSON.stringify(token)}`);
    return next<Progress>('check', script.check ?? [DONE]);
  };
  const schema = { kind: 'integer', doc: 'Size.', required: false, updatable: true } as const;
  const type: ResourceType = {
    name: 'Test::Disk',
    doc: 'For tests.',
    support: { status: 'SUPPORTED', since: null },
    service: null,
    properties: { size: schema, speed: schema },
    attributes: {},
    examples: [],
    ...(script.isFoundByPlace === true && { isFoundByPlace: true }),
    async find(call) {
      calls.push(`find ${call.props['name'] ?? call.physicalName}`);
      return next<readonly string[]>('find', script.find ?? [[]]);
    },
    async create(call) {
      calls.push(`create ${JSON.stringify(call.props)}`);
      return { ...next<Progress>('create', script.create ?? [MADE]), physicalId: 'made' };
    },
    async delete(live) {
      const { name } = live.props;
      calls.push(`delete ${live.physicalId}${name === undefined ? '' : ` of ${name}`}`);
      return next<Progress>(`delete ${live.physicalId}`, script.delete ?? [DONE]);
    },
    async observe(live) {
      calls.push(`observe ${live.physicalId} ${[...(live.wanted ?? ['everything'])].join()}`);
      return script.observe === undefined ? { ip: '::1' } : script.observe;
    },
    ...(script.copy === undefined
      ? {}
      : {
          copies: {
            key: 'copy_id',
            async find({ physicalName }: Call) {
              calls.push(`find copies ${physicalName}`);
              return next<readonly string[]>('copies', script.copies ?? [[]]);
            },
            async make({ physicalId }: Live) {
              calls.push(`copy ${physicalId}`);
              return { ...next<Progress>('copy', script.copy as readonly Answer[]), physicalId: 'copy' };
            },
            async check({ physicalId }: Live) {
              calls.push(`check copy ${physicalId}`);
              return next<Progress>('copy', script.copy as readonly Answer[]);
            },
            async delete({ physicalId }: Live) {
              calls.push(`delete copy ${physicalId}`);
              return DONE;
            },
            restored: (props: JsonObject) => props,
          },
        }),
    ...(script.update === undefined
      ? {}
      : {
          async update(live) {
            calls.push(`update ${live.physicalId} ${JSON.stringify(live.changed)}`);
            return next<Progress>('update', script.update as readonly Answer[]);
          },
        }),
    ...(script.check === undefined
      ? {}
      : { checkCreate: look('checkCreate'), checkUpdate: look('checkUpdate'), checkDelete: look('checkDelete') }),
  };
  return { type, calls };
}

const row = (given: Partial<ResourceRecord> = {}) =>
  sampleResource(asId('s'), {
    type: 'Test::Disk',
    physicalName: 's-disk-x',
    status: 'IN_PROGRESS',
    phase: 'calling',
    properties: { size: 1, speed: 1 },
    ...given,
  });
const creating = row();
const updating = row({ action: 'UPDATE', physicalId: 'p-1', pending: { size: 2, speed: 1 } });
const deleting = row({ action: 'DELETE', physicalId: 'p-1' });
const FORMER = { properties: { name: 'former' }, startedAt: 1 };

function begin(script: Script, given: Partial<Effect>, ports: Partial<EffectPorts<unknown>> = {}) {
  const timers = virtualTimers(1_000);
  const abort = new AbortController();
  const notes: Outcome[] = [];
  const { type, calls } = scripted(script);
  const effect: Effect = {
    row: creating,
    kind: 'begin',
    resumed: false,
    wanted: new Set(),
    looks: 0,
    cancel: abort.signal,
    ...given,
  };
  // The middle of the jitter: pauses are exactly as the tables say.
  const random = { next: () => 0.5, uuid: () => '', bytes: () => new Uint8Array() };
  const outcome = perform(
    effect,
    type,
    {
      timers,
      random,
      log: silentLog,
      calls: callLimit(1),
      cloud: async () => null,
      configs: memoryConfigShelf({ clock: timers, random }),
      signals: NO_SIGNALS,
      mayCall: () => true,
      stack: sampleStack({ id: creating.stackId }),
      target: () => null,
      store: memoryStore(),
      registry: registryOf([]),
      ...ports,
    },
    (note) => notes.push(note),
  );
  // Looked at later; until then a rejection is nobody's fault.
  outcome.catch(() => {});
  return { outcome, calls, notes, timers, abort };
}

async function run(script: Script, given: Partial<Effect>) {
  const begun = begin(script, given);
  await begun.timers.runUntilIdle(50);
  return { outcome: await begun.outcome, calls: begun.calls, notes: begun.notes, tookMs: begun.timers.now() - 1_000 };
}
const done = (given: Partial<Outcome & { kind: 'done' }> = {}): Outcome => ({
  kind: 'done',
  physicalId: null,
  data: null,
  attributes: null,
  ...given,
});

describe('what is called, and what comes of it', () => {
  const wait = { kind: 'wait', token: { step: 1 }, afterMs: 700, saw: 'BUILD' } as const;
  const waited = { kind: 'wait', physicalId: null, data: null, token: { step: 1 }, afterMs: 700, saw: 'BUILD' } as const;
  const adopted = { kind: 'wait', data: null, token: null, afterMs: 0, saw: 'found what an interrupted call had made' } as const;
  const create = 'create {"size":1,"speed":1}';
  const rows: readonly (readonly [string, Script, Partial<Effect>, readonly string[], Outcome])[] = [
    ['a first creation does not look for leftovers', { find: [['x']] }, {}, [create], done({ physicalId: 'made' })],
    ['a resumed creation looks first', {}, { resumed: true }, ['find s-disk-x', create], done({ physicalId: 'made' })],
    ['and takes what it finds', { find: [['x']] }, { resumed: true }, ['find s-disk-x'], { ...adopted, physicalId: 'x' }],
    [
      'and deletes what is there twice',
      { find: [['x', 'y', 'z']], delete: [failure('not-found')] },
      { resumed: true },
      ['find s-disk-x', 'delete y', 'delete z'],
      { ...adopted, physicalId: 'x' },
    ],
    ['a creation that takes time', { create: [{ ...wait, physicalId: 'made' }] }, {}, [create], { ...waited, physicalId: 'made' }],
    [
      'a look that sees no end yet: the pause has grown',
      { check: [wait] },
      { kind: 'check', row: row({ physicalId: 'p-1', phase: 'waiting', token: 7 }), looks: 6 },
      ['checkCreate p-1 7'],
      { ...waited, afterMs: 840 },
    ],
    [
      'the look at an adopted thing whose type never waits',
      {},
      { kind: 'check', row: row({ physicalId: 'p-1' }) },
      [],
      done({ physicalId: 'p-1' }),
    ],
    ['an update is told what differs', { update: [DONE] }, { row: updating }, ['update p-1 {"size":2}'], done({ physicalId: 'p-1' })],
    [
      'after a broken-off update, what that one may have set is set again',
      { update: [DONE] },
      { row: row({ ...updating, uncertain: ['speed'] }) },
      ['update p-1 {"speed":1,"size":2}'],
      done({ physicalId: 'p-1' }),
    ],
    [
      'an update of nothing but metadata makes no call',
      { update: [DONE] },
      { row: row({ ...updating, pending: updating.properties }) },
      [],
      done({ physicalId: 'p-1' }),
    ],
    ['a type that cannot change in place', {}, { row: updating }, [], { kind: 'replace', reason: 'Test::Disk cannot be changed in place' }],
    [
      'a handler that finds it cannot',
      { update: [new NeedsReplacement('only anew')] },
      { row: updating },
      ['update p-1 {"size":2}'],
      { kind: 'replace', reason: 'only anew' },
    ],
    [
      'or finds so later',
      { check: [new NeedsReplacement('only anew')] },
      { row: updating, kind: 'check' },
      ['checkUpdate p-1 null'],
      { kind: 'replace', reason: 'only anew' },
    ],
    [
      'what is to be taken in is looked at',
      {},
      { row: { ...creating, action: 'ADOPT', data: { adopted: 'there-1' } } },
      ['observe there-1 '],
      done({ physicalId: 'there-1' }),
    ],
    [
      'and is not taken in when it is not there',
      { observe: null },
      { row: { ...creating, action: 'ADOPT', data: { adopted: 'there-1' } } },
      ['observe there-1 '],
      { kind: 'failed', reason: 'NotFound: Test::Disk there-1, which is to be adopted, is not there', isBroken: true },
    ],
    ['a deletion', {}, { row: deleting }, ['delete p-1'], done({ physicalId: 'p-1' })],
    ['a deletion that takes time', { delete: [wait] }, { row: deleting }, ['delete p-1'], { ...waited, physicalId: 'p-1' }],
    [
      'what was found gone has left its address to its successor: nothing is deleted there',
      {},
      { row: { ...deleting, drift: { state: 'gone', differences: [], reason: null, at: 1, since: 1 }, replacedBy: asId('r-2') } },
      [],
      done({ physicalId: 'p-1' }),
    ],
    ['what is gone already counts as deleted', { delete: [failure('not-found')] }, { row: deleting }, ['delete p-1'], done()],
    ['and what has gone meanwhile', { check: [failure('not-found')] }, { row: deleting, kind: 'check' }, ['checkDelete p-1 null'], done()],
    [
      'what shall be kept is not touched',
      { find: [['x']] },
      { row: row({ ...deleting, deletionPolicy: 'retain' }) },
      [],
      done({ physicalId: 'p-1' }),
    ],
    [
      'what leaves a copy is not deleted before that is whole',
      { copy: [wait] },
      { row: row({ ...deleting, deletionPolicy: 'snapshot', digest: 'd' }) },
      ['find copies s-disk-x', 'copy p-1'],
      { ...waited, physicalId: 'p-1', token: { copying: 'copy' } },
    ],
    [
      'what an interrupted copying has begun is gone on with, and a second one is deleted',
      { copies: [['c-1', 'c-2']], copy: [wait] },
      { row: row({ ...deleting, deletionPolicy: 'snapshot', digest: 'd' }) },
      ['find copies s-disk-x', 'delete copy c-2', 'check copy c-1'],
      { ...waited, physicalId: 'p-1', token: { copying: 'c-1' } },
    ],
    [
      'and is deleted then',
      { copy: [DONE], delete: [wait] },
      { row: row({ ...deleting, deletionPolicy: 'snapshot', digest: 'd', token: { copying: 'c-1' } }), kind: 'check' },
      ['check copy c-1', 'delete p-1'],
      waited,
    ],
    [
      'a copy that fails fails the deletion',
      { copy: [new ResourceFailed('no room')] },
      { row: row({ ...deleting, deletionPolicy: 'snapshot', digest: 'd' }) },
      ['find copies s-disk-x', 'copy p-1'],
      { kind: 'failed', reason: 'ResourceInError: no room', mayBeTriedAgain: true },
    ],
    [
      'what was never whole leaves no copy',
      { copy: [wait] },
      { row: row({ ...deleting, deletionPolicy: 'snapshot', digest: null }) },
      ['delete p-1'],
      done({ physicalId: 'p-1' }),
    ],
    [
      'a deletion without an id looks for what a broken-off creation left',
      { find: [['x', 'y']] },
      { row: row({ ...deleting, physicalId: null }) },
      ['find s-disk-x', 'delete y', 'delete x'],
      done(),
    ],
    ['and is done when there is nothing', {}, { row: row({ ...deleting, physicalId: null }) }, ['find s-disk-x'], done()],
    [
      'a deletion while a late call may land looks for duplicates too',
      { find: [['y', 'p-1']] },
      { row: row({ ...deleting, verifyAt: 9_000 }) },
      ['find s-disk-x', 'delete y', 'delete p-1'],
      done({ physicalId: 'p-1' }),
    ],
    [
      'the look for late leftovers spares what the row stands for',
      { find: [['y', 'p-1']] },
      { kind: 'verify', row: row({ status: 'COMPLETE', phase: null, physicalId: 'p-1' }) },
      ['find s-disk-x', 'delete y'],
      { kind: 'verified' },
    ],
    [
      'but nothing of a deleted row',
      { find: [['y', 'p-1']], delete: [failure('not-found')] },
      { kind: 'verify', row: row({ ...deleting, status: 'COMPLETE', phase: null }) },
      ['find s-disk-x', 'delete y', 'delete p-1'],
      { kind: 'verified' },
    ],
    [
      'what was called otherwise when it was made is looked for by that',
      { find: [['y', 'p-1']] },
      {
        kind: 'verify',
        row: row({ status: 'COMPLETE', phase: null, physicalId: 'p-1', creation: FORMER, properties: { name: 'renamed' } }),
      },
      ['find former', 'delete y of former'],
      { kind: 'verified' },
    ],
    [
      'so it is before its deletion',
      { find: [['y']] },
      { row: row({ ...deleting, verifyAt: 9_000, creation: FORMER, properties: { name: 'renamed' } }) },
      ['find former', 'delete y of former', 'delete p-1 of renamed'],
      done({ physicalId: 'p-1' }),
    ],
    [
      'what bears no mark is not looked for where nothing of ours can be: it is somebody else',
      { find: [['x']], isFoundByPlace: true },
      { row: row({ ...deleting, physicalId: null }) },
      [],
      done(),
    ],
    [
      'but it is where an answer was lost',
      { find: [['x']], isFoundByPlace: true },
      { row: row({ ...deleting, physicalId: null, verifyAt: 9_000 }) },
      ['find s-disk-x', 'delete x'],
      done(),
    ],
  ];
  it.each(rows)('%s', async (_name, script, given, calls, outcome) => {
    const ran = await run(script, given);
    expect(ran).toEqual({ outcome, calls, notes: [], tookMs: 0 });
  });
});

describe('attributes', () => {
  const live = row({ physicalId: 'p-1' });
  const rows: readonly (readonly [string, Script, Partial<Effect>, readonly string[], Partial<Outcome>])[] = [
    ['those asked for are read', {}, { wanted: new Set(['ip', 'mac']) }, ['observe p-1 ip,mac'], { attributes: { ip: '::1' } }],
    ['or all', {}, { wanted: new Set(['ip', '*']) }, ['observe p-1 everything'], { attributes: { ip: '::1' } }],
    ['none when nobody asks', {}, {}, [], { attributes: null }],
    [
      'nor when the handler has just seen them',
      { check: [{ kind: 'done', observed: { ip: '::2' } }] },
      { wanted: new Set(['ip']) },
      ['checkCreate p-1 null'],
      { attributes: { ip: '::2' } },
    ],
    [
      'what has disappeared fails',
      { observe: null },
      { wanted: new Set(['ip']) },
      ['observe p-1 ip'],
      { kind: 'failed', reason: 'NotFound: Test::Disk p-1 disappeared while it was being made' },
    ],
  ];
  it.each(rows)('%s', async (_name, script, given, calls, outcome) => {
    const ran = await run(script, { row: live, kind: 'check', ...given });
    expect(ran.calls).toEqual(calls);
    expect(ran.outcome).toMatchObject(outcome);
  });

  it('of a deleted thing are not read', async () =>
    expect((await run({}, { row: deleting, wanted: new Set(['ip']) })).calls).toEqual(['delete p-1']));
});

it('a duplicate that cannot be deleted yet is come back to, and that is told', async () => {
  const later: Progress = { kind: 'wait', token: 'to be deleted', afterMs: 700, saw: 'creating' };
  const ran = await run({ find: [['x', 'y']], delete: [later, { kind: 'done' }] }, { resumed: true });
  expect(ran.calls).toEqual(['find s-disk-x', 'delete y', 'find s-disk-x', 'delete y']);
  expect(ran.outcome).toMatchObject({ kind: 'wait', physicalId: 'x' });
  expect(ran.notes).toMatchObject([{ kind: 'trying', reason: expect.stringContaining('(y) cannot be deleted yet: it is creating') }]);
});

describe('a deletion of what was never made', () => {
  const never = row({ ...deleting, physicalId: null });
  it.each(['configuration', 'forbidden', 'invalid'] as const)('is done where nothing may be looked at: %s', async (code) => {
    expect((await run({ find: [failure(code)] }, { row: never })).outcome).toEqual(done());
    const late = await run({ find: [failure(code)] }, { row: { ...never, verifyAt: 9_000 } });
    expect(late.outcome).toMatchObject({ kind: 'failed' });
  });
});

describe('failures for good', () => {
  const rows: readonly (readonly [Error, string])[] = [
    [new ResourceFailed('Went to status ERROR'), 'ResourceInError: Went to status ERROR'],
    [new ResourceFailed('Odd status', 'ResourceUnknownStatus'), 'ResourceUnknownStatus: Odd status'],
    [failure('not-found'), 'NotFound: no luck'],
    [failure('over-quota'), 'OverQuota: no luck'],
    [failure('forbidden'), 'Forbidden: no luck'],
    [failure('invalid'), 'BadRequest: no luck'],
    [failure('configuration'), 'Error: no luck'],
    [new TypeError('x is not a function'), 'Error: x is not a function'],
    [new NeedsReplacement('of what?'), 'Error: of what?'],
  ];
  it.each(rows)('%s', async (error, reason) => {
    const ran = await run({ create: [error] }, {});
    expect(ran).toMatchObject({ outcome: { kind: 'failed', reason }, notes: [], tookMs: 0 });
    expect(ran.calls).toHaveLength(1);
  });
});

describe('trying again', () => {
  const note = (tries: number, text = 'no luck', mayLand = true) => ({
    kind: 'trying',
    reason: `${text} (trying again, ${tries} so far)`,
    mayLand,
  });

  it('waits longer each time, says so, and looks for what the unanswered call may have made', async () => {
    const ran = await run({ create: [failure('unavailable'), failure('unknown', 'cut off'), MADE] }, {});
    expect(ran.calls.map((call) => call.split(' ')[0])).toEqual(['create', 'find', 'create', 'find', 'create']);
    expect(ran.notes).toEqual([note(1), note(2, 'cut off')]);
    expect([ran.outcome, ran.tookMs]).toEqual([done({ physicalId: 'made' }), 500 + 1_000]);
  });

  it('takes what a call without an answer had made', async () => {
    const ran = await run({ create: [failure('unknown')], find: [['x']] }, {});
    expect(ran.calls).toEqual(['create {"size":1,"speed":1}', 'find s-disk-x']);
    expect(ran.outcome).toMatchObject({ kind: 'wait', physicalId: 'x' });
  });

  it('looks for nothing without a mark after a refusal: what is in the way is not ours', async () => {
    const conflict = failure('conflict');
    const refused = await run({ create: [conflict, MADE], find: [['x']], isFoundByPlace: true }, {});
    expect(refused.calls).toEqual(Array(2).fill('create {"size":1,"speed":1}'));
    const unheard = await run({ create: [failure('unavailable'), MADE], find: [['x']], isFoundByPlace: true }, {});
    expect(unheard.calls).toEqual(['create {"size":1,"speed":1}', 'find s-disk-x']);
  });

  it('gives a conflict up after some tries', async () => {
    const ran = await run({ delete: [failure('conflict')] }, { row: deleting });
    expect(ran.calls).toEqual(Array(6).fill('delete p-1'));
    expect(ran.notes).toEqual([1, 2, 3, 4, 5].map((tries) => note(tries, 'no luck', false)));
    expect([ran.outcome, ran.tookMs]).toEqual([{ kind: 'failed', reason: 'Conflict: no luck' }, 500 + 1_000 + 2_000 + 4_000 + 8_000]);
  });

  it('does not hold a place among the calls while it pauses', async () => {
    const calls = callLimit(1);
    const { outcome, timers } = begin({ create: [failure('busy'), MADE] }, {}, { calls });
    await timers.advance(100);
    expect(await calls.run(async () => 'in')).toBe('in');
    await timers.advance(400);
    expect(await outcome).toEqual(done({ physicalId: 'made' }));
  });

  it('tries again when nobody can log in', async () => {
    let logins = 0;
    const cloud = async () => {
      if (++logins === 1) throw failure('unavailable', 'no login');
      return null;
    };
    const { outcome, timers, notes } = begin({}, {}, { cloud });
    await timers.runUntilIdle(50);
    expect([await outcome, notes]).toEqual([done({ physicalId: 'made' }), [note(1, 'no login')]]);
  });
});

describe('a lease that is lost', () => {
  it('while it logs in: no call is begun until it is there again', async () => {
    let isOwner = true;
    const cloud = async () => {
      isOwner = false;
      return null;
    };
    const { outcome, timers, calls } = begin({}, {}, { cloud, mayCall: () => isOwner });
    await timers.advance(5_000);
    expect(calls).toEqual([]);
    isOwner = true;
    await timers.advance(1_000);
    expect(await outcome).toEqual(done({ physicalId: 'made' }));
  });
});

describe('what bears no mark and another row stands for', () => {
  const script: Script = { find: [['x', 'p-1']], isFoundByPlace: true };
  const held = { store: { ...memoryStore(), heldByOthers: async () => ['x'] } };
  const rows: readonly (readonly [string, Partial<Effect>, readonly string[]])[] = [
    ['is not deleted as a leftover', { kind: 'verify', row: row({ ...deleting, status: 'COMPLETE', phase: null }) }, ['delete p-1']],
    ['nor before a deletion', { row: row({ ...deleting, verifyAt: 9_000 }) }, ['delete p-1']],
    ['nor taken by a creation', { resumed: true }, []],
  ];
  it.each(rows)('%s', async (_name, given, deletions) => {
    const begun = begin(script, given, held);
    await begun.timers.runUntilIdle(50);
    await begun.outcome;
    expect(begun.calls).toEqual(['find s-disk-x', ...deletions]);
  });
});

describe('the look for late leftovers', () => {
  const complete = row({ status: 'COMPLETE', phase: null, physicalId: 'p-1', verifyAt: 1 });

  it('is repeated without a note: the row is long complete, and keeps its reason', async () => {
    const ran = await run({ find: [failure('unavailable'), []] }, { row: complete, kind: 'verify' });
    expect(ran).toEqual({ outcome: { kind: 'verified' }, calls: ['find s-disk-x', 'find s-disk-x'], notes: [], tookMs: 500 });
  });

  it.each([failure('forbidden'), failure('not-found'), new TypeError('x is not a function')])(
    'is given up, and logged, when it cannot be had: %s',
    async (error) => {
      const warnings: unknown[] = [];
      const log: Log = { ...silentLog, warn: (event, data) => warnings.push([event, data?.reason]) };
      const { outcome, timers } = begin({ find: [error] }, { row: complete, kind: 'verify' }, { log });
      await timers.runUntilIdle(50);
      expect(await outcome).toEqual({ kind: 'verified' });
      expect(warnings).toEqual([['leftovers-not-verified', error.message]]);
    },
  );
});

describe('giving up', () => {
  it('when cancelled during a pause', async () => {
    const { outcome, calls, timers, abort } = begin({ create: [failure('busy')] }, {});
    await timers.advance(100);
    abort.abort();
    await timers.runUntilIdle(50);
    await expect(outcome).rejects.toBeInstanceOf(Abandoned);
    expect(calls).toHaveLength(1);
  });

  it('when cancelled before the first call', async () => {
    const { outcome, calls } = begin({}, { cancel: AbortSignal.abort() });
    await expect(outcome).rejects.toBeInstanceOf(Abandoned);
    expect(calls).toEqual([]);
  });

  it('calls nothing while the lease is late, and goes on when it is back', async () => {
    let mine = false;
    const { outcome, calls, timers } = begin({}, {}, { mayCall: () => mine });
    await timers.advance(1_000);
    expect(calls).toEqual([]);
    mine = true;
    await timers.advance(200);
    expect(await outcome).toEqual(done({ physicalId: 'made' }));
  });

  it('when the lease is lost', async () => {
    const { outcome, calls, timers, abort } = begin({}, {}, { mayCall: () => false });
    await timers.advance(500);
    abort.abort();
    await timers.advance(200);
    await expect(outcome).rejects.toBeInstanceOf(Abandoned);
    expect(calls).toEqual([]);
  });
});

it('tells nothing hidden of what a service said: neither in the outcome, nor in the note of a further try, nor in the log', async () => {
  const target = { bound: { hidden: new Set(['word']), parameters: new Map([['word', 'sesame']]) } } as unknown as CompiledDefinition;
  const logged: unknown[] = [];
  const log: Log = { ...silentLog, warn: (...told) => void logged.push(told) };
  const script = { create: [failure('unavailable', 'sesame is busy'), failure('invalid', 'sesame is wrong')] };
  const begun = begin(script, {}, { target: () => target, log });
  await begun.timers.runUntilIdle(50);
  const all = JSON.stringify([await begun.outcome, begun.notes, logged]);
  expect(all).toContain('*** is wrong');
  expect(all).toContain('*** is busy');
  expect(all).not.toContain('sesame');
});
