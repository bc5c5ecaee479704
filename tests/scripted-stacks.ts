/** Stacks on a real database and engine, of resources whose every call can be told to fail, to hang or to take its time. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Json, JsonObject } from '@hearth/kernel';
import { Failure } from '@hearth/kernel';
import { a, type Copying, done, p, registryOf, resourceTypes, wait, type Registry } from '@hearth/resource-kit';
import { coreTypes } from '@hearth/resources-core';
import type { StackRecord } from '@hearth/store';
import { sampleCreate, sampleUpdate, testCaller, type TestStacks, testStacks } from '@hearth/stacks/testing';
import type { TestDatabase } from '@hearth/testkit';
import { serveStacks } from './serving-engine.ts';

export type Verb = 'create' | 'update' | 'delete' | 'suspend' | 'resume' | 'observe' | 'copy';

/** What is to happen, by `verb name`. */
export class Script {
  /** The cloud says no. */
  readonly refuses = new Set<string>();
  /** The call never ends. */
  readonly hangs = new Set<string>();
  /** The call does not end before this is taken back. */
  readonly holds = new Set<string>();
  /** What was begun is never done. */
  readonly lingers = new Set<string>();
  /** Physical names of what is there, each with its name. */
  readonly things = new Map<string, string>();
  /** Ids of copies that are kept, each with the name of what it is a copy of. */
  readonly copies = new Map<string, string>();
  readonly calls: string[] = [];

  clear(): void {
    for (const set of [this.refuses, this.hangs, this.holds, this.lingers]) set.clear();
  }

  async call(verb: Verb, name: string): Promise<void> {
    const key = `${verb} ${name}`;
    this.calls.push(key);
    if (this.hangs.has(key)) await new Promise<never>(() => {});
    while (this.holds.has(key)) await pause(HELD_MS);
    if (this.refuses.has(key)) throw new Failure('invalid', `no ${key} today`);
  }
}

/** How often a call that is held looks whether it may end. */
const HELD_MS = 10;

function copiesOfScript(script: Script, untilDone: (verb: Verb, name: string) => ReturnType<typeof wait | typeof done>): Copying<unknown> {
  return {
    key: 'copy_id',
    find: async ({ physicalName }) => [...script.copies.keys()].filter((id) => id === physicalName),
    async make({ props, physicalName }) {
      const name = String(props['name']);
      await script.call('copy', name);
      script.copies.set(physicalName, name);
      return wait('copying', { physicalId: physicalName, afterMs: 1 });
    },
    check: async ({ props }) => untilDone('copy', String(props['name'])),
    async delete({ physicalId }) {
      script.copies.delete(physicalId);
      return done();
    },
    restored: (props, copy) => ({ ...props, source: copy }),
  };
}

function registryOfScript(script: Script): Registry<unknown> {
  const make = resourceTypes<unknown>();
  const nameOf = (name: string | null): string => name ?? '';
  const untilDone = (verb: Verb, name: string) => (script.lingers.has(`${verb} ${name}`) ? wait('lingering', { afterMs: 20 }) : done());
  const untilGone = (name: string, physicalId: string) => {
    const progress = untilDone('delete', name);
    if (progress.kind === 'done') script.things.delete(physicalId);
    return progress;
  };
  const thing = make({
    name: 'Script::Thing',
    doc: 'Does what the script says.',
    properties: {
      name: p.string('How it is called.', { required: true }),
      size: p.integer('Changes in place.', { updatable: true }),
      uses: p.string('The id of another.', { updatable: true }),
      source: p.string('The copy that it is made from.', { updatable: true }),
    },
    attributes: { name: a.string('How it is called.') },
    examples: [],
    copies: copiesOfScript(script, untilDone),
    async create({ props, physicalName }) {
      await script.call('create', nameOf(props.name));
      script.things.set(physicalName, nameOf(props.name));
      return wait('made', { physicalId: physicalName, afterMs: 1 });
    },
    checkCreate: async ({ props }) => untilDone('create', nameOf(props.name)),
    async update({ props }) {
      await script.call('update', nameOf(props.name));
      return wait('changing', { afterMs: 1 });
    },
    checkUpdate: async ({ props }) => untilDone('update', nameOf(props.name)),
    async delete({ props, physicalId }) {
      await script.call('delete', nameOf(props.name));
      return untilGone(nameOf(props.name), physicalId);
    },
    checkDelete: async ({ props, physicalId }) => untilGone(nameOf(props.name), physicalId),
    async observe({ physicalId, props }) {
      await script.call('observe', nameOf(props.name));
      const name = script.things.get(physicalId);
      return name === undefined ? null : { name };
    },
    async suspend({ props }) {
      await script.call('suspend', nameOf(props.name));
      return wait('going to rest', { afterMs: 1 });
    },
    checkSuspend: async ({ props }) => untilDone('suspend', nameOf(props.name)),
    async resume({ props }) {
      await script.call('resume', nameOf(props.name));
      return wait('waking', { afterMs: 1 });
    },
    checkResume: async ({ props }) => untilDone('resume', nameOf(props.name)),
  });
  return registryOf([thing, ...(coreTypes as readonly never[])]) as Registry<unknown>;
}

export const caller = testCaller('project-a');
/** Whatever was asked for is there within this time. */
const PATIENCE_MS = 50_000;
/** How often a stack is looked at while the engine runs by itself. */
const LOOK_MS = 15;
const STEPS_GROW = 1.3;
const LONGEST_STEP_MS = 2_000;

export class ScriptedStacks {
  readonly script = new Script();
  readonly world: TestStacks;
  #isServed = false;

  constructor(db: TestDatabase) {
    this.world = testStacks({ database: db.database, registry: registryOfScript(this.script) });
  }

  /** From now on an engine runs by itself, so that many stacks can be looked at side by side. Gives what stops it. */
  async serve(): Promise<() => Promise<void>> {
    this.#isServed = true;
    return serveStacks(this.world);
  }

  get stacks() {
    return this.world.stacks;
  }

  async create(resources: JsonObject, { name = 'web', disableRollback = true, files = {} } = {}): Promise<StackRecord> {
    return this.stacks.createStack(caller, sampleCreate({ name, template: template(resources), disableRollback, files }));
  }
  async update(stack: StackRecord, resources: JsonObject): Promise<void> {
    await this.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: template(resources) }));
  }
  async show(stack: StackRecord): Promise<StackRecord> {
    return (await this.stacks.showStack(caller, { id: stack.id, name: null }, false)).stack;
  }
  async state(stack: StackRecord): Promise<string> {
    const { action, status } = await this.show(stack);
    return `${action}_${status}`;
  }
  /** Runs the engine, for `stepMs` and then longer and longer unless it runs by itself, until it is so: a step too short for anything leads nowhere. */
  async until(stack: StackRecord, isThere: (state: string) => Promise<boolean> | boolean, stepMs = 30): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    for (let ms = stepMs; !(await isThere(await this.state(stack))); ms = Math.min(ms * STEPS_GROW, LONGEST_STEP_MS)) {
      if (Date.now() > end) throw new Error(`still ${await this.state(stack)}: ${(await this.show(stack)).statusReason}`);
      if (this.#isServed) await pause(LOOK_MS);
      else await this.world.step(ms);
    }
  }
  /** Runs it until nothing is under way, and gives the state then. */
  async settled(stack: StackRecord): Promise<string> {
    await this.until(stack, (state) => !state.endsWith('IN_PROGRESS'));
    return this.state(stack);
  }
  async resource(stack: StackRecord, name: string): Promise<string> {
    const { action, status } = (await this.stacks.showResource(caller, keyOf(stack), name, [])).resource;
    return `${action}_${status}`;
  }
  /** Names of what there is, in order. */
  things(): readonly string[] {
    return [...this.script.things.values()].sort();
  }
}

export const keyOf = (stack: StackRecord) => ({ id: stack.id, name: stack.name });
export const template = (resources: JsonObject): JsonObject => ({ heat_template_version: '2018-08-31', resources });
export const thing = (name: string, more: JsonObject = {}, besides: JsonObject = {}): JsonObject => ({
  type: 'Script::Thing',
  properties: { name, ...more },
  ...besides,
});
/** A group of things that are called after their index. */
export const group = (count: number, more: JsonObject = {}): JsonObject => ({
  type: 'OS::Heat::ResourceGroup',
  properties: { count, resource_def: thing('member%index%', more) as Json },
});
