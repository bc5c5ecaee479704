/**
 * One seeded life of a stack: requests at random moments, calls that go wrong, owners that die at any instant and calls of theirs that
 * land late. Ends when the cloud is calm again, and asks whether exactly what is wanted exists, once.
 */
import { type Engine, callLimit, createEngine } from '@hearth/engine';
import { type MemoryStore, memoryStore } from '@hearth/engine/testing';
import {
  asId,
  type DefinitionId,
  type HolderId,
  type JsonObject,
  type ProjectId,
  type Random,
  silentLog,
  type StackId,
  type Timers,
  type UserId,
} from '@hearth/kernel';
import { memoryConfigShelf, type MemoryConfigShelf } from '@hearth/resource-kit/testing';
import type { DefinitionRecord, ResourceRecord, StackPatch, StackRecord, VisitAction } from '@hearth/store';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { SimCloud, simRegistry, type Trouble } from './cloud.ts';

/** What stands for a resource of some lives: two things, one after the other. */
const NESTED: JsonObject = {
  heat_template_version: '2018-08-31',
  parameters: { u: { type: 'string' }, r: { type: 'string' }, refs: { type: 'json', default: [] } },
  resources: {
    first: { type: 'Sim::Thing', properties: { u: { get_param: 'u' }, r: { get_param: 'r' }, refs: [] } },
    second: { type: 'Sim::Thing', properties: { u: 'one', r: 'x', refs: [{ get_resource: 'first' }, { get_param: 'refs' }] } },
  },
  outputs: { echo: { value: { get_attr: ['first', 'echo'] } } },
};
const LATE_CALL_MS = 30_000;
const START_MS = 1_700_000_000_000;
const LONGEST_LIFE_MS = 6 * 3_600_000;

export interface LifeReport {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly kills: number;
  /** Nested stacks that there were. */
  readonly nested: number;
  readonly requests: number;
  readonly calls: number;
  readonly commits: number;
  readonly final: string;
}

interface Owner {
  readonly holderId: HolderId;
  readonly engine: Engine;
  isDead: boolean;
}

export async function simulateLife(seed: number): Promise<LifeReport> {
  const random = seededRandom(seed);
  const timers = virtualTimers(START_MS);
  const life = new Life(random, timers, seed);
  return life.run();
}

type VirtualTimers = ReturnType<typeof virtualTimers>;

class Life {
  readonly #random: Random;
  readonly #timers: VirtualTimers;
  readonly #configs: MemoryConfigShelf;
  readonly #seed: number;
  readonly #store: MemoryStore = memoryStore();
  readonly #cloud: SimCloud;
  readonly #dead = new Set<HolderId>();
  readonly #stackId: StackId;
  readonly #problems: string[] = [];
  #owner: Owner;
  #definitions = 0;
  #kills = 0;
  #requests = 0;

  constructor(random: Random, timers: VirtualTimers, seed: number) {
    this.#random = random;
    this.#timers = timers;
    this.#configs = memoryConfigShelf({ clock: timers, random });
    this.#seed = seed;
    this.#cloud = new SimCloud(timers, random, this.#trouble());
    this.#stackId = asId<StackId>(random.uuid());
    this.#owner = this.#newOwner();
  }

  async run(): Promise<LifeReport> {
    this.#create();
    const changes = Math.floor(this.#random.next() * 4);
    for (let i = 0; i < changes; i++) {
      await this.#pass(this.#random.next() * 20_000);
      if (this.#random.next() < 0.6) await this.#kill();
      this.#change();
    }
    await this.#pass(this.#random.next() * 20_000);
    if (this.#random.next() < 0.5) await this.#kill();
    await this.#settle();
    await this.#visits();
    this.#cloud.isCalm = true;
    // A call of a dead owner that wakes or puts to rest may still land.
    await this.#pass(LATE_CALL_MS);
    await this.#rest();
    // Whatever happened, one more request must bring the stack to what it says: never stuck.
    if (this.#stack().deletedAt === null) this.#request(this.#random.next() < 0.4 ? 'DELETE' : 'UPDATE');
    await this.#settle();
    await this.#pass(2 * LATE_CALL_MS);
    await this.#settle();
    this.#verify();
    await this.#owner.engine.stop(0);
    return {
      seed: this.#seed,
      problems: this.#problems,
      kills: this.#kills,
      nested: this.#store.stackIds().length - 1,
      requests: this.#requests,
      calls: this.#cloud.calls,
      commits: this.#store.commits(),
      final: `${this.#stack().action}_${this.#stack().status}`,
    };
  }

  #trouble(): Trouble {
    const some = (most: number) => (this.#random.next() < 0.5 ? 0 : this.#random.next() * most);
    return {
      refused: some(0.15),
      lostReply: some(0.3),
      broken: some(0.15),
      unreachable: some(0.3),
      slowestMs: 50 + this.#random.next() * 4_000,
    };
  }

  #stack(): StackRecord {
    return this.#store.stack(this.#stackId);
  }

  /** Lets virtual time go by, a due stack being claimed each second. */
  async #pass(ms: number): Promise<void> {
    const end = this.#timers.now() + ms;
    while (this.#timers.now() < end) {
      for (const claim of this.#store.claim(this.#owner.holderId, this.#timers.now(), (holder) => this.#dead.has(holder)))
        this.#owner.engine.take(claim);
      await this.#timers.advance(Math.min(1_000, end - this.#timers.now()));
    }
  }

  async #settle(): Promise<void> {
    const end = this.#timers.now() + LONGEST_LIFE_MS;
    while (this.#stack().status === 'IN_PROGRESS') {
      if (this.#timers.now() > end) {
        this.#problems.push(`stuck in ${this.#stack().action}_${this.#stack().status}`);
        return;
      }
      await this.#pass(5_000);
    }
  }

  /** The process is gone between two instructions: it hears and says nothing any more; its calls may still land. */
  async #kill(): Promise<void> {
    this.#kills++;
    this.#owner.isDead = true;
    this.#dead.add(this.#owner.holderId);
    this.#owner = this.#newOwner();
    await this.#pass(this.#random.next() * 3_000);
  }

  #newOwner(): Owner {
    const holderId = asId<HolderId>(this.#random.uuid());
    const owner: { isDead: boolean } = { isDead: false };
    const never = new Promise<never>(() => {});
    const alive = async <T>(work: () => Promise<T>): Promise<T> => {
      if (owner.isDead) return never;
      try {
        const result = await work();
        return owner.isDead ? never : result;
      } catch (error) {
        if (owner.isDead) return never;
        throw error;
      }
    };
    const timers: Timers = {
      now: () => this.#timers.now(),
      at: (at, callback) => this.#timers.at(at, () => (owner.isDead ? undefined : callback())),
      sleep: (ms) => alive(() => this.#timers.sleep(ms)),
    };
    const store = this.#store;
    const cloud = new Proxy(this.#cloud, {
      get: (target, name) => {
        if (name === 'call') return (act: () => unknown) => alive(() => target.call(act));
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const engine = createEngine<SimCloud>({
      store: {
        load: (id) => alive(() => store.load(id)),
        childStates: (ids) => alive(() => store.childStates(ids)),
        commit: (fence, batch) =>
          alive(async () => {
            const result = await store.commit(fence, batch);
            this.#tellParent(fence.stackId, result.stackPatched ? batch.stack?.patch.status : undefined);
            return result;
          }),
        release: (fence, seen, dueAt) => alive(() => store.release(fence, seen, dueAt)),
        letGoOfCredential: (fence, id) => alive(() => store.letGoOfCredential(fence, id)),
        deleteCredential: (fence, id) => alive(() => store.deleteCredential(fence, id)),
        pruneDefinitions: (fence, keep) => alive(() => store.pruneDefinitions(fence, keep)),
      },
      registry: simRegistry,
      cloudFor: async () => cloud,
      configsFor: () => this.#configs,
      revoke: async () => {},
      timers,
      random: this.#random,
      log: { ...silentLog, error: (event, data) => this.#problems.push(`${event} ${JSON.stringify(data)}`) },
      calls: callLimit(1 + Math.floor(this.#random.next() * 20)),
      lease: { isValid: () => !owner.isDead },
      ended: () => {},
      limits: { inFlightPerStack: 1 + Math.floor(this.#random.next() * 10), lateCallMs: LATE_CALL_MS },
    });
    return Object.assign(owner, { holderId, engine });
  }

  /** The hint that a child has ended; it may get lost. */
  #tellParent(stackId: StackId, status: string | undefined): void {
    if (status !== 'COMPLETE' && status !== 'FAILED') return;
    const { parentId } = this.#store.stack(stackId);
    if (parentId !== null && this.#random.next() < 0.7) this.#owner.engine.childEnded(parentId, stackId);
  }

  #create(): void {
    const definition = this.#definition();
    const now = this.#timers.now();
    this.#requests++;
    this.#store.insert(
      {
        id: this.#stackId,
        projectId: asId<ProjectId>('project'),
        name: 'sim',
        parentId: null,
        parentResource: null,
        rootId: this.#stackId,
        depth: 0,
        description: '',
        action: 'CREATE',
        status: 'IN_PROGRESS',
        statusReason: '',
        targetDefinitionId: definition.id,
        definitionId: definition.id,
        rollbackDefinitionId: null,
        traversal: 1,
        timeoutMins: 20,
        disableRollback: this.#random.next() < 0.5,
        tags: null,
        ownerName: 'demo',
        userId: asId<UserId>('demo'),
        credentialId: null,
        createdAt: now,
        updatedAt: null,
        deletedAt: null,
        deadlineAt: now + 20 * 60_000,
        haltReason: null,
        wakeVersion: 1,
      },
      definition,
    );
  }

  #change(): void {
    const { action, status } = this.#stack();
    if (action === 'DELETE') return;
    const luck = this.#random.next();
    if (status === 'IN_PROGRESS' && luck < 0.15) this.#halt();
    else if (status === 'IN_PROGRESS' && action === 'UPDATE' && luck < 0.3) this.#rollBack();
    else this.#request(luck > 0.8 ? 'DELETE' : 'UPDATE');
  }

  /** In the storm: whatever a visit ends with, it ends. */
  async #visits(): Promise<void> {
    while (this.#stack().deletedAt === null && this.#stack().action !== 'DELETE' && this.#random.next() < 0.4) {
      this.#visit((['CHECK', 'SUSPEND', 'RESUME'] as const)[Math.floor(this.#random.next() * 3)] as VisitAction);
      await this.#pass(this.#random.next() * 5_000);
      if (this.#random.next() < 0.4) await this.#kill();
      if (this.#random.next() < 0.2) this.#halt();
      await this.#settle();
    }
    if (this.#stack().action === 'SUSPEND') await this.#visited('RESUME');
  }

  async #visited(action: VisitAction): Promise<string> {
    this.#visit(action);
    if (this.#random.next() < 0.2) {
      await this.#kill();
      await this.#pass(LATE_CALL_MS);
    }
    await this.#settle();
    return this.#stack().status;
  }

  /** In calm: visits do what they say. What is harmed is found by a check, and mended by the request that follows. */
  async #rest(): Promise<void> {
    const { action, status, deletedAt } = this.#stack();
    if (deletedAt !== null || action === 'DELETE' || status !== 'COMPLETE' || this.#random.next() < 0.4) return;
    const rows = this.#store
      .stackIds()
      .filter((id) => this.#store.stack(id).deletedAt === null)
      .flatMap((id) => this.#store.rows(id));
    // A stack that was resumed may be complete although something in it never stood.
    if (rows.some((row) => row.status === 'FAILED')) return;
    const things = rows.flatMap((row) => this.#cloud.things.get(row.physicalId ?? '') ?? []);
    const all = (isResting: boolean) => things.every((one) => one.isResting === isResting);
    if ((await this.#visited('SUSPEND')) !== 'COMPLETE' || !all(true)) this.#problems.push(`not suspended: ${this.#stack().statusReason}`);
    if ((await this.#visited('RESUME')) !== 'COMPLETE' || !all(false)) this.#problems.push(`not resumed: ${this.#stack().statusReason}`);
    // What something took the place of is not looked at.
    const seen = rows.flatMap((row) => (this.#isReplaced(row) ? [] : (this.#cloud.things.get(row.physicalId ?? '') ?? [])));
    const harmed = this.#random.next() < 0.5 ? seen[Math.floor(this.#random.next() * seen.length)] : undefined;
    if (harmed !== undefined) harmed.isBroken = true;
    const expected = seen.some((one) => one.isBroken) ? 'FAILED' : 'COMPLETE';
    if ((await this.#visited('CHECK')) !== expected) this.#problems.push(`a check ended ${this.#stack().status}, not ${expected}`);
  }

  #isReplaced(row: ResourceRecord): boolean {
    if (row.replacedBy !== null) return true;
    const { parentId } = this.#store.stack(row.stackId);
    const above = parentId === null ? undefined : this.#store.rows(parentId).find((one) => one.physicalId === row.stackId);
    return above !== undefined && this.#isReplaced(above);
  }

  #begin(patch: StackPatch): void {
    const now = this.#timers.now();
    this.#requests++;
    const { traversal } = this.#stack();
    const begun = { status: 'IN_PROGRESS', statusReason: '', haltReason: null, updatedAt: now, deadlineAt: now + 20 * 60_000 } as const;
    this.#store.request(this.#stackId, { ...begun, traversal: traversal + 1, ...patch }, null, now);
    this.#owner.engine.wake(this.#stackId);
  }
  #visit(action: VisitAction): void {
    if (this.#stack().status !== 'IN_PROGRESS') this.#begin({ action });
  }
  #rollBack(): void {
    const { rollbackDefinitionId } = this.#stack();
    const shown = rollbackDefinitionId === null ? {} : { definitionId: rollbackDefinitionId };
    this.#begin({ action: 'ROLLBACK', targetDefinitionId: rollbackDefinitionId, ...shown });
  }
  #halt(): void {
    if (this.#stack().status !== 'IN_PROGRESS') return;
    this.#store.request(this.#stackId, { haltReason: 'cancelled' }, null, this.#timers.now());
    this.#owner.engine.wake(this.#stackId);
  }

  /** As the use cases commit it. */
  #request(action: 'UPDATE' | 'DELETE'): void {
    const stack = this.#stack();
    const now = this.#timers.now();
    this.#requests++;
    const definition = action === 'DELETE' ? null : this.#definition();
    const settledBefore = stack.status === 'COMPLETE' ? stack.definitionId : (stack.rollbackDefinitionId ?? stack.definitionId);
    this.#store.request(
      this.#stackId,
      {
        action,
        status: 'IN_PROGRESS',
        statusReason: '',
        traversal: stack.traversal + 1,
        targetDefinitionId: definition?.id ?? null,
        ...(definition === null ? {} : { definitionId: definition.id, rollbackDefinitionId: settledBefore }),
        haltReason: null,
        updatedAt: now,
        deadlineAt: now + 20 * 60_000,
      },
      definition,
      now,
    );
    this.#owner.engine.wake(this.#stackId);
  }

  #definition(): DefinitionRecord {
    const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(this.#random.next() * choices.length)] as T;
    const names = [...'abcdefg'].sort(() => this.#random.next() - 0.5).slice(0, Math.floor(this.#random.next() * 8));
    const resources: Record<string, JsonObject> = {};
    for (const [i, name] of names.entries()) {
      const earlier = names.slice(0, i).filter(() => this.#random.next() < 0.35);
      const refs = earlier.map((other) => pick<JsonObject>({ get_resource: other }, { get_attr: [other, 'echo'] }));
      const properties = { u: pick('one', 'two', 'picky'), r: pick('x', 'y'), refs };
      resources[name] = this.#resource(properties, pick('thing', 'thing', 'thing', 'group', 'template'));
    }
    this.#definitions++;
    return {
      id: asId<DefinitionId>(this.#random.uuid()),
      stackId: this.#stackId,
      number: this.#definitions,
      template: { heat_template_version: '2018-08-31', resources },
      environment: { parameters: {}, parameterDefaults: {}, resourceRegistry: {}, eventSinks: [], encryptedParamNames: [] },
      files: { 'nested.yaml': JSON.stringify(NESTED) },
    };
  }

  #resource(properties: JsonObject, form: 'thing' | 'group' | 'template'): JsonObject {
    if (form === 'thing') return { type: 'Sim::Thing', properties };
    if (form === 'template') return { type: 'nested.yaml', properties };
    const type = this.#random.next() < 0.2 ? 'nested.yaml' : 'Sim::Thing';
    const policy = { max_batch_size: 1, min_in_service: Math.floor(this.#random.next() * 3), pause_time: 2 };
    return {
      type: 'OS::Heat::ResourceGroup',
      properties: { count: Math.floor(this.#random.next() * 4), resource_def: { type, properties } },
      ...(this.#random.next() < 0.4 ? { update_policy: { rolling_update: policy } } : {}),
    };
  }

  /** Exactly what the stack says exists: each row's thing, nothing else, nothing twice. */
  #verify(): void {
    const stack = this.#stack();
    const live = this.#store.stackIds().filter((id) => this.#store.stack(id).deletedAt === null);
    for (const id of live) this.#verifyTree(id);
    const known = new Set(live.flatMap((id) => this.#store.rows(id)).flatMap((row) => row.physicalId ?? []));
    for (const one of this.#cloud.things.values()) if (!known.has(one.id)) this.#problems.push(`leaked ${one.mark}`);
    const marks = [...this.#cloud.things.values()].map((one) => one.mark);
    for (const mark of new Set(marks)) if (marks.filter((other) => other === mark).length > 1) this.#problems.push(`doubled ${mark}`);
    if (stack.status !== 'COMPLETE') {
      this.#problems.push(`ended ${stack.action}_${stack.status}: ${stack.statusReason}`);
      return;
    }
    for (const id of live) this.#verifyRows(id);
    if (stack.action === 'DELETE' && this.#cloud.things.size > 0)
      this.#problems.push(`${this.#cloud.things.size} things outlive the stack`);
  }

  /** A child lives exactly while a row of its live parent consists of it. */
  #verifyTree(id: StackId): void {
    const { parentId, name } = this.#store.stack(id);
    if (parentId === null) return;
    const isWanted = this.#store.stack(parentId).deletedAt === null && this.#store.rows(parentId).some((row) => row.physicalId === id);
    if (!isWanted) this.#problems.push(`nobody wants the nested stack ${name}`);
  }

  #verifyRows(id: StackId): void {
    const { name, status, parentId } = this.#store.stack(id);
    if (status !== 'COMPLETE' && parentId !== null) this.#problems.push(`the nested stack ${name} is ${status}`);
    const rows = this.#store.rows(id);
    for (const row of rows) {
      if (row.replacedBy !== null) this.#problems.push(`${name}: the replaced ${row.name} was left`);
      if (row.handler !== 'Sim::Thing') {
        if (row.physicalId === null || !this.#store.stackIds().includes(asId<StackId>(row.physicalId)))
          this.#problems.push(`${name}: ${row.name} is complete but has no nested stack`);
        continue;
      }
      const one = this.#cloud.things.get(row.physicalId ?? '');
      if (one === undefined) this.#problems.push(`${name}: ${row.name} is complete but its thing is gone`);
      else if (JSON.stringify(one.props) !== JSON.stringify(row.properties))
        this.#problems.push(`${row.name}: the cloud has ${JSON.stringify(one.props)}, the row says ${JSON.stringify(row.properties)}`);
    }
  }
}
