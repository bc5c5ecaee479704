/** From every state that a stack can be in, every way out: it leads where it says, or is refused in words; and the stack can be deleted afterwards. */
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Action, Life, reach, type Reached, STATES, type Status } from './reached-states.ts';
import { caller, keyOf, ScriptedStacks } from './scripted-stacks.ts';

let db: TestDatabase;
let stacks: ScriptedStacks;
let stop: () => Promise<void>;

beforeAll(async () => {
  db = await testDatabase({ poolSize: 10 });
  stacks = new ScriptedStacks(db);
  stop = await stacks.serve();
});
afterAll(async () => {
  stacks.script.clear();
  await stop();
  await db.drop();
});

interface Standpoint extends Reached {
  readonly life: Life;
  readonly action: Action;
  readonly status: Status;
}
/** The state that it leads to; `refused: …` with the kind of the refusal. */
type Outcome = string;
interface Way {
  readonly expected: (action: Action, status: Status) => Outcome;
  readonly go: (from: Standpoint) => Promise<Outcome>;
}

const GONE = 'DELETE_COMPLETE';
const NOTHING_TO_RETRY = 'refused: NothingToRetry';
const NOT_SUPPORTED = 'refused: NotSupported';
const doneAgain = (action: Action, status: Status): Outcome => (status === 'COMPLETE' ? NOTHING_TO_RETRY : `${action}_COMPLETE`);
const refusal = (error: unknown): Outcome => `refused: ${(error as { type?: string }).type ?? String(error)}`;

/** Asks, has the cloud as it should be, and waits for what comes of it. */
async function recovered({ life, stack }: Standpoint, work: Promise<unknown>): Promise<Outcome> {
  await work;
  life.endTrouble();
  return stacks.settled(stack);
}
/** The same, while the cloud makes trouble as before. */
async function inSpite({ stack }: Standpoint, work: Promise<unknown>): Promise<Outcome> {
  await work;
  return stacks.settled(stack);
}

const WAYS: Readonly<Record<string, Way>> = {
  retry: {
    expected: doneAgain,
    async go(from) {
      if (from.status === 'FAILED') from.life.endTrouble();
      return recovered(from, stacks.stacks.retryStack(caller, keyOf(from.stack)));
    },
  },
  continue: {
    expected: doneAgain,
    go: (from) => inSpite(from, stacks.stacks.continueStack(caller, keyOf(from.stack), from.troubled)),
  },
  cancel: {
    expected: (action, status) => (status === 'IN_PROGRESS' ? `${action}_FAILED` : NOT_SUPPORTED),
    go: (from) => inSpite(from, stacks.stacks.cancelStack(caller, keyOf(from.stack), false)),
  },
  'cancel with rollback': {
    expected: (action, status) =>
      status === 'IN_PROGRESS' && ['CREATE', 'UPDATE', 'RESTORE', 'ADOPT'].includes(action) ? 'ROLLBACK_COMPLETE' : NOT_SUPPORTED,
    go: (from) => recovered(from, stacks.stacks.cancelStack(caller, keyOf(from.stack), true)),
  },
  update: {
    expected: (action) => (action === 'DELETE' || action === 'SUSPEND' ? NOT_SUPPORTED : 'UPDATE_COMPLETE'),
    async go(from) {
      if (from.status === 'FAILED') from.life.endTrouble();
      return recovered(from, stacks.update(from.stack, from.life.resources(3, 2)));
    },
  },
  delete: {
    expected: () => GONE,
    async go(from) {
      if (from.status === 'FAILED') from.life.endTrouble();
      return recovered(from, stacks.stacks.deleteStack(caller, keyOf(from.stack)));
    },
  },
  'force-delete': {
    expected: () => GONE,
    // What hangs is given up when the time is up: a moment here.
    async go(from) {
      from.life.refuse('delete', ['b', 'm0', 'm1', 'added']);
      return inSpite(from, forced(from, ['a']));
    },
  },
};

const forced = ({ stack }: Pick<Standpoint, 'stack'>, retain: readonly string[]) =>
  stacks.stacks.forceDeleteStack(caller, keyOf(stack), { retain, isForced: true, timeoutMins: 0.02 });

/** Things of a stack that is gone which are not in the list of leftovers. */
async function left({ life, stack }: Standpoint): Promise<readonly string[]> {
  const leftovers = await stacks.stacks.listLeftovers(caller, { id: stack.id, name: null }, 100);
  const listed = leftovers.map(({ physicalId, physicalName }) => physicalId ?? physicalName);
  return [...life.standing(), ...life.copies()].filter((id) => !listed.includes(id));
}

/** Where each way led, by its name. */
async function walked(action: Action, status: Status): Promise<Readonly<Record<string, Outcome>>> {
  const walks = Object.entries(WAYS).map(async ([name, { go }]) => {
    const life = new Life(stacks, `${action}-${status}-${name.replaceAll(' ', '-')}`);
    const from: Standpoint = { life, action, status, ...(await reach(life, action, status)) };
    const outcome = await go(from).catch(refusal);
    life.endTrouble();
    return [name, `${outcome}${await cleared(from)}`] as const;
  });
  return Object.fromEntries(await Promise.all(walks));
}

/** Whatever came of it, the stack can be deleted; empty when it could. */
async function cleared(from: Standpoint): Promise<string> {
  if ((await stacks.state(from.stack)) !== GONE) await forced(from, []);
  const end = await stacks.settled(from.stack);
  const unlisted = await left(from);
  return `${end === GONE ? '' : `, then ${end}`}${unlisted.length === 0 ? '' : `, and ${unlisted.length} things are left that nobody lists`}`;
}

describe('from every state, every way', () => {
  test.concurrent.each(STATES)('$state', { timeout: 240_000 }, async ({ action, status }) => {
    const expected = Object.entries(WAYS).map(([name, way]) => [name, way.expected(action, status)]);
    expect(await walked(action, status)).toEqual(Object.fromEntries(expected));
  });
});
