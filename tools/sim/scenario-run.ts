/** Lives one scenario, in virtual time and in memory; its owner may be killed at any one commit besides what the story says. */
import { memoryStore, type MemoryStore } from '@hearth/engine/testing';
import { asId, Failure, jsonEqual, type Json, type Random, type StackId } from '@hearth/kernel';
import { ResourceFailed } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { seededRandom, type VirtualTimers, virtualTimers } from '@hearth/testkit';
import { memoryBacking } from './backing.ts';
import { NO_TROUBLE, type Thing } from './cloud.ts';
import { endProblems } from './end-state.ts';
import { definitionOf } from './random-definition.ts';
import { newStack, type Request } from './requests.ts';
import {
  type CallName,
  type Expected,
  type Mishap,
  needsOf,
  type Resource,
  type Resources,
  type Scenario,
  type ScenarioStep,
  templateResources,
  type Value,
} from './scenario.ts';
import { Watch } from './watch.ts';
import { type Around, LATE_CALL_MS, World } from './world.ts';

const START_MS = 4_000_000_000_000;
const LONGEST_MS = 2 * 3_600_000;

export interface ScenarioReport {
  readonly problems: readonly string[];
  readonly commits: number;
}

/** `dieAt`: the owner is killed right after that many commits, once. */
export function runScenario({ steps }: Scenario, dieAt: number | null = null): Promise<ScenarioReport> {
  return new ScenarioRun(dieAt).run(steps);
}

class ScenarioRun {
  readonly #random: Random = seededRandom('scenario');
  readonly #timers: VirtualTimers;
  readonly #store: MemoryStore = memoryStore();
  readonly #watch = new Watch(this.#store);
  readonly #world: World;
  readonly #stackId: StackId = asId<StackId>(this.#random.uuid());
  readonly #dieAt: number | null;
  readonly #mishaps: { readonly call: CallName; readonly what: Mishap; left: number }[] = [];
  readonly #begun: CallName[] = [];
  readonly #answered: CallName[] = [];
  #remembered = new Map<string, string>();
  #definitions = 0;
  #commits = 0;

  constructor(dieAt: number | null) {
    this.#dieAt = dieAt;
    const backing = memoryBacking(this.#store);
    this.#timers = virtualTimers(START_MS, backing.settle);
    this.#world = new World({
      timers: this.#timers,
      random: this.#random,
      store: this.#store,
      backing: { ...backing, store: this.#watch.over(this.#store) },
      watch: this.#watch,
      trouble: NO_TROUBLE,
      owners: 1,
      inFlight: 10,
      around: this.#around,
      onCommit: (commits) => {
        this.#commits = commits;
        if (commits === this.#dieAt) this.#world.kill();
      },
    });
  }

  async run(steps: readonly ScenarioStep[]): Promise<ScenarioReport> {
    for (const [i, step] of steps.entries()) await this.#step(step, `step ${i + 1} (${step.do})`);
    await this.#world.stop();
    return { problems: this.#watch.problems, commits: this.#commits };
  }

  readonly #around: Around = async (verb, name, run) => {
    const call: CallName = `${verb} ${name}`;
    this.#begun.push(call);
    const mishap = this.#mishaps.find((one) => one.call === call && one.left > 0);
    if (mishap !== undefined) mishap.left--;
    if (mishap?.what === 'unheard') throw new Failure('unavailable', 'connection refused');
    if (mishap?.what === 'broken') throw new ResourceFailed('went to status ERROR', 'ResourceInError');
    if (mishap?.what === 'refused') throw new Failure('invalid', 'the cloud does not like it');
    const result = await run();
    if (mishap?.what === 'unanswered') throw new Failure('unavailable', 'connection reset');
    this.#answered.push(call);
    return result;
  };

  async #step(step: ScenarioStep, where: string): Promise<void> {
    switch (step.do) {
      case 'create': {
        const definition = this.#definition(step.resources);
        return this.#world.insert(newStack(this.#stackId, definition, !step.rollsBack, this.#timers.now()), definition);
      }
      case 'update':
        return this.#ask({ kind: 'update', definition: this.#definition(step.resources) });
      case 'delete':
        return this.#ask({ kind: 'delete' });
      case 'rollback':
        return this.#ask({ kind: 'rollback' });
      case 'cancel':
        return this.#ask({ kind: 'halt', reason: 'cancelled' });
      case 'again':
        return this.#ask({ kind: 'again', skipped: step.skipped });
      case 'force-delete': {
        const { retained, isForced } = step;
        return this.#ask({ kind: 'delete', exceptions: { skipped: [], retained, deletion: isForced ? 'force' : 'usual' } });
      }
      case 'kill':
        return this.#world.kill();
      case 'remember':
        this.#remembered = this.#standing();
        return;
      case 'commits': {
        const enough = this.#commits + step.count;
        return this.#while(() => this.#commits < enough && this.#stack().status === 'IN_PROGRESS', where);
      }
      case 'during':
      case 'until': {
        const calls = step.do === 'during' ? this.#begun : this.#answered;
        const from = calls.length;
        return this.#while(() => !calls.slice(from).includes(step.call) && this.#stack().status === 'IN_PROGRESS', where);
      }
      case 'finish':
        await this.#while(() => this.#stack().status === 'IN_PROGRESS', where);
        return this.#world.pass(2 * LATE_CALL_MS);
      case 'mishap':
        this.#mishaps.push({ call: step.call, what: step.what, left: step.times });
        return;
      case 'verify':
        for (const problem of this.#differences(step.expected)) this.#watch.problem(`${where}: ${problem}`);
    }
  }

  /** One timer after the other, so that time stands still as soon as it has come about. */
  async #while(isBefore: () => boolean, where: string): Promise<void> {
    const end = this.#timers.now() + LONGEST_MS;
    let nextClaim = this.#timers.now();
    while (isBefore()) {
      if (this.#timers.now() > end) return this.#watch.problem(`${where}: it never came about`);
      if (this.#timers.now() >= nextClaim) {
        await this.#world.claim();
        nextClaim = this.#timers.now() + 1_000;
        this.#timers.at(nextClaim, () => {});
      }
      await this.#timers.ringNext();
    }
  }

  #ask(request: Request): Promise<void> {
    return this.#world.request(this.#stackId, request);
  }
  #stack() {
    return this.#store.stack(this.#stackId);
  }
  #definition(resources: Resources) {
    this.#definitions++;
    return definitionOf(this.#random.uuid(), this.#stackId, this.#definitions, templateResources(resources));
  }

  #live(): readonly ResourceRecord[] {
    return this.#store.rows(this.#stackId).filter((row) => row.replacedBy === null && row.action !== 'DELETE');
  }
  #standing(): Map<string, string> {
    return new Map(this.#live().flatMap((row) => (row.physicalId === null ? [] : [[row.name, row.physicalId]])));
  }
  /** Things go by the names of their resources. */
  #thingsOf(name: string): readonly Thing[] {
    return [...this.#world.cloud.things.values()].filter((one) => one.mark.startsWith(`sim-${name}-`));
  }

  #differences({ state, resources, things, kept, replaced, left }: Expected): readonly string[] {
    const problems: string[] = [];
    const { action, status, statusReason } = this.#stack();
    const isUndisturbed = this.#dieAt === null;
    if (state !== undefined && state !== `${action}_${status}`)
      problems.push(`the stack is ${action}_${status} (${statusReason}), not ${state}`);
    for (const [name, count] of Object.entries(isUndisturbed ? (things ?? {}) : {})) {
      const there = this.#thingsOf(name).length;
      if (there !== count) problems.push(`${there} things of ${name}, not ${count}`);
    }
    const standing = this.#standing();
    for (const name of kept ?? []) if (standing.get(name) !== this.#remembered.get(name)) problems.push(`${name} is another one`);
    for (const name of replaced ?? []) if (standing.get(name) === this.#remembered.get(name)) problems.push(`${name} is still the same`);
    const isListed = this.#store
      .leftovers(this.#stackId)
      .map(({ resourceName }) => resourceName)
      .sort();
    if (left !== undefined && !jsonEqual(isListed, [...left].sort())) problems.push(`left behind: ${isListed.join(' ') || 'nothing'}`);
    if (resources !== undefined) problems.push(...this.#exactly(resources));
    return problems;
  }

  #exactly(resources: Resources): readonly string[] {
    const problems = [...(this.#stack().status === 'COMPLETE' ? endProblems(this.#store, this.#world.cloud, this.#stackId) : [])];
    const rows = this.#store.rows(this.#stackId);
    const names = Object.keys(resources).sort();
    const present = rows.map((row) => row.name).sort();
    if (!jsonEqual(present, names)) problems.push(`there are ${present.join(' ') || 'no resources'}, not ${names.join(' ') || 'none'}`);
    if (this.#world.cloud.things.size !== names.length)
      problems.push(`${this.#world.cloud.things.size} things for ${names.length} resources`);
    for (const row of rows) {
      const wanted = resources[row.name];
      if (wanted !== undefined) problems.push(...this.#rowDifferences(row, wanted));
    }
    return problems;
  }

  #rowDifferences(row: ResourceRecord, wanted: Resource): readonly string[] {
    const one = this.#world.cloud.things.get(row.physicalId ?? '');
    if (one === undefined) return [`${row.name} has no thing`];
    const problems: string[] = [];
    if (row.status !== 'COMPLETE') problems.push(`${row.name} is ${row.action}_${row.status}`);
    const expected: Record<string, Json> = {
      u: null,
      r: null,
      only: wanted.only ?? null,
      from: null,
      refs: (wanted.refs ?? []).map((value) => this.#valueOf(value)),
    };
    if (wanted.u !== undefined) expected['u'] = this.#valueOf(wanted.u);
    if (wanted.r !== undefined) expected['r'] = this.#valueOf(wanted.r);
    const has = { u: null, r: null, refs: [], from: null, ...one.props, only: one.only };
    if (!jsonEqual(has, expected)) problems.push(`${row.name} is ${JSON.stringify(has)}, not ${JSON.stringify(expected)}`);
    const uses = row.requires.map((id) => this.#store.rows(this.#stackId).find((other) => other.id === id)?.name ?? 'what is gone').sort();
    const needs = [...needsOf(wanted)].sort();
    if (!jsonEqual(uses, needs)) problems.push(`${row.name} uses ${uses.join(' ')}, not ${needs.join(' ')}`);
    return problems;
  }

  #valueOf(value: Value): Json {
    if (typeof value === 'string') return value;
    const one = this.#world.cloud.things.get(this.#standing().get(value.of) ?? '');
    if (one === undefined) return null;
    return value.attribute === null ? one.id : ((value.attribute === 'echo' ? one.props.u : one.props.r) ?? null);
  }
}
