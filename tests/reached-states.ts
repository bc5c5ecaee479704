/** How a stack comes into each state that there is: what is asked of it, and what makes trouble then, in it and in a stack below. */
import type { JsonObject } from '@hearth/kernel';
import { sampleCreate } from '@hearth/stacks/testing';
import type { StackRecord } from '@hearth/store';
import { caller, keyOf, type ScriptedStacks, thing, type Verb } from './scripted-stacks.ts';

export const ACTIONS = ['CREATE', 'UPDATE', 'DELETE', 'ROLLBACK', 'SUSPEND', 'RESUME', 'CHECK', 'SNAPSHOT', 'RESTORE', 'ADOPT'] as const;
export const STATUSES = ['IN_PROGRESS', 'FAILED', 'COMPLETE'] as const;
export type Action = (typeof ACTIONS)[number];
export type Status = (typeof STATUSES)[number];

/** What a deleted stack was needs no way out. */
export const STATES = ACTIONS.flatMap((action) => STATUSES.map((status) => ({ action, status, state: `${action}_${status}` }))).filter(
  ({ state }) => state !== 'DELETE_COMPLETE',
);

/** One stack among others, whose things have names of their own. */
export class Life {
  readonly stacks: ScriptedStacks;
  readonly name: string;

  constructor(stacks: ScriptedStacks, name: string) {
    this.stacks = stacks;
    this.name = name;
  }

  named = (thingName: string): string => `${this.name}.${thingName}`;

  resources(size: number, members = 1): JsonObject {
    const resource_def = thing(this.named('m%index%'), { size });
    return {
      a: thing(this.named('a'), { size }),
      b: thing(this.named('b'), { size }, { depends_on: 'a' }),
      many: { type: 'OS::Heat::ResourceGroup', properties: { count: members, resource_def } },
    };
  }

  /** From now on the cloud refuses, or never ends, what is called so. */
  trouble(status: Status, verb: Verb, names: readonly string[]): void {
    const { script } = this.stacks;
    const kinds = { IN_PROGRESS: verb === 'observe' ? script.holds : script.lingers, FAILED: script.refuses, COMPLETE: null };
    for (const name of names) kinds[status]?.add(`${verb} ${this.named(name)}`);
  }
  refuse(verb: Verb, names: readonly string[]): void {
    this.trouble('FAILED', verb, names);
  }
  /** The cloud is as it should be, for this stack. */
  endTrouble(): void {
    const { refuses, holds, lingers } = this.stacks.script;
    for (const kind of [refuses, holds, lingers]) for (const key of kind) if (key.includes(` ${this.name}.`)) kind.delete(key);
  }
  /** `since`: how many calls there had been. */
  wasCalled(verb: Verb, names: readonly string[], since: number): boolean {
    return names.every((name) => this.stacks.script.calls.indexOf(`${verb} ${this.named(name)}`, since) >= 0);
  }

  /** Physical ids of what stands of it. */
  standing(): readonly string[] {
    return this.#ids(this.stacks.script.things);
  }
  copies(): readonly string[] {
    return this.#ids(this.stacks.script.copies);
  }
  #ids(all: ReadonlyMap<string, string>): readonly string[] {
    return [...all].filter(([, name]) => name.startsWith(`${this.name}.`)).map(([id]) => id);
  }
}

export interface Reached {
  readonly stack: StackRecord;
  /** Paths of the resources that make trouble. */
  readonly troubled: readonly string[];
}

/** What is to be asked, of which stack, and which calls make trouble then. */
interface Approach {
  readonly verb: Verb;
  readonly names: readonly string[];
  readonly troubled: readonly string[];
  ask(): Promise<StackRecord>;
}

export async function reach(life: Life, action: Action, status: Status): Promise<Reached> {
  const { verb, names, troubled, ask } = await approaches[action](life);
  life.trouble(status, verb, names);
  const before = life.stacks.script.calls.length;
  const stack = await ask();
  const hasBegun = () => status !== 'IN_PROGRESS' || life.wasCalled(verb, names, before);
  await life.stacks.until(stack, (state) => state === `${action}_${status}` && hasBegun());
  return { stack, troubled };
}

const BELOW = { names: ['b', 'm0'], troubled: ['b', 'many/0'] };

async function made(life: Life, disableRollback = true): Promise<StackRecord> {
  const stack = await life.stacks.create(life.resources(1), { name: life.name, disableRollback });
  await life.stacks.settled(stack);
  return stack;
}

/** Of a stack that stands. */
const asked = (stack: StackRecord, verb: Verb, request: () => Promise<unknown>): Approach => ({
  verb,
  ...BELOW,
  async ask() {
    await request();
    return stack;
  },
});

const visited =
  (action: 'SUSPEND' | 'RESUME' | 'CHECK', verb: Verb) =>
  (life: Life, stack: StackRecord): Approach =>
    asked(stack, verb, () => life.stacks.stacks.visitStack(caller, keyOf(stack), action));

const approaches: Readonly<Record<Action, (life: Life) => Promise<Approach>>> = {
  CREATE: async (life) => ({
    verb: 'create',
    ...BELOW,
    ask: () => life.stacks.create(life.resources(1), { name: life.name }),
  }),
  async UPDATE(life) {
    const stack = await made(life);
    return asked(stack, 'update', () => life.stacks.update(stack, life.resources(2)));
  },
  async DELETE(life) {
    const stack = await made(life);
    return asked(stack, 'delete', () => life.stacks.stacks.deleteStack(caller, keyOf(stack)));
  },
  async ROLLBACK(life) {
    const stack = await made(life, false);
    life.refuse('create', ['worse']);
    const worse = { added: thing(life.named('added')), worse: thing(life.named('worse'), {}, { depends_on: ['added', 'many'] }) };
    const asks = asked(stack, 'delete', () => life.stacks.update(stack, { ...life.resources(1, 2), ...worse }));
    return { ...asks, names: ['added', 'm1'], troubled: ['added', 'many/1'] };
  },
  SUSPEND: async (life) => visited('SUSPEND', 'suspend')(life, await made(life)),
  async RESUME(life) {
    const stack = await visited('SUSPEND', 'suspend')(life, await made(life)).ask();
    await life.stacks.settled(stack);
    return visited('RESUME', 'resume')(life, stack);
  },
  CHECK: async (life) => visited('CHECK', 'observe')(life, await made(life)),
  async SNAPSHOT(life) {
    const stack = await made(life);
    return asked(stack, 'copy', () => life.stacks.stacks.createSnapshot(caller, keyOf(stack), null));
  },
  async RESTORE(life) {
    const stack = await made(life);
    const { id } = await life.stacks.stacks.createSnapshot(caller, keyOf(stack), null);
    await life.stacks.settled(stack);
    await life.stacks.update(stack, life.resources(2));
    await life.stacks.settled(stack);
    return asked(stack, 'update', () => life.stacks.stacks.restoreSnapshot(caller, keyOf(stack), id));
  },
  async ADOPT(life) {
    const former = await made(life);
    const adopts = await life.stacks.stacks.abandonStack(caller, keyOf(former));
    await life.stacks.settled(former);
    const request = { ...sampleCreate({ name: life.name, template: null }), adopts };
    return { verb: 'observe', ...BELOW, ask: () => life.stacks.stacks.createStack(caller, request) };
  },
};
