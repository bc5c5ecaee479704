/** One root stack and whatever comes below it, with an engine that may die at any commit. For tests of stacks inside stacks. */
import { callLimit, createEngine } from '@hearth/engine';
import { memoryStore } from '@hearth/engine/testing';
import {
  asId,
  type DefinitionId,
  type HolderId,
  type JsonObject,
  type ProjectId,
  silentLog,
  type StackId,
  type UserId,
} from '@hearth/kernel';
import { registryOf, type ResourceType } from '@hearth/resource-kit';
import { memoryConfigShelf } from '@hearth/resource-kit/testing';
import { coreTypes } from '@hearth/resources-core';
import type { DefinitionRecord, StackRecord } from '@hearth/store';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { expect } from 'vitest';

const START_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const PAIR = JSON.stringify({
  heat_template_version: '2018-08-31',
  parameters: { value: { type: 'string' }, list: { type: 'comma_delimited_list', default: [] } },
  resources: {
    first: { type: 'OS::Heat::Value', properties: { value: { get_param: 'value' } } },
    second: { type: 'OS::Heat::Value', properties: { value: { get_attr: ['first', 'value'] } } },
  },
  outputs: { both: { value: [{ get_attr: ['first', 'value'] }, { get_attr: ['second', 'value'] }, { get_param: 'list' }] } },
});
const FILES = { 'pair.yaml': PAIR, 'http://templates.example/pair.yaml': PAIR };

/** One root stack and whatever comes below it; `dieAt`: the engine is gone right after that many commits. */
export class World {
  readonly store = memoryStore();
  readonly timers = virtualTimers(START_MS);
  readonly #random = seededRandom(5);
  readonly #dead = new Set<HolderId>();
  readonly #dieAt: number;
  readonly #types: readonly ResourceType<unknown>[];
  readonly #cloud: unknown;
  readonly id = asId<StackId>(this.#random.uuid());
  #numbers = 0;
  #owner: { readonly holderId: HolderId; readonly engine: ReturnType<typeof createEngine>; isDead: boolean };

  /** `types` besides those of our own, with the cloud that they are in. */
  constructor(
    dieAt: number,
    { types = [], cloud = null }: { readonly types?: readonly ResourceType<unknown>[]; readonly cloud?: unknown } = {},
  ) {
    this.#dieAt = dieAt;
    this.#types = types;
    this.#cloud = cloud;
    this.#owner = this.#newOwner();
  }

  #newOwner() {
    const owner = { holderId: asId<HolderId>(this.#random.uuid()), isDead: false };
    const { store, timers } = this;
    const never = new Promise<never>(() => {});
    const engine = createEngine<unknown>({
      store: {
        ...store,
        commit: async (fence, batch) => {
          if (owner.isDead) return never;
          const result = await store.commit(fence, batch);
          if (store.commits() === this.#dieAt) {
            owner.isDead = true;
            this.#dead.add(owner.holderId);
            return never;
          }
          return result;
        },
      },
      registry: registryOf([...coreTypes, ...this.#types]),
      cloudFor: async () => this.#cloud,
      configsFor: () => memoryConfigShelf({ clock: timers, random: this.#random }),
      revoke: async () => {},
      timers,
      random: this.#random,
      log: { ...silentLog, error: (event, data) => expect.unreachable(`${event} ${JSON.stringify(data)}`) },
      calls: callLimit(10),
      lease: { isValid: () => !owner.isDead },
      ended: () => {},
      limits: { inFlightPerStack: 10, lateCallMs: 30_000, retries: 5 },
    });
    return Object.assign(owner, { engine });
  }

  definition(resources: JsonObject, outputs: JsonObject = {}): DefinitionRecord {
    return {
      id: asId<DefinitionId>(this.#random.uuid()),
      stackId: this.id,
      number: ++this.#numbers,
      template: { heat_template_version: '2018-08-31', resources, outputs },
      environment: { parameters: {}, parameterDefaults: {}, resourceRegistry: {}, eventSinks: [], encryptedParamNames: [] },
      files: FILES,
    };
  }

  create(definition: DefinitionRecord, timeoutMins = 600): Promise<StackRecord> {
    this.insert(definition, timeoutMins);
    return this.settle();
  }
  insert(definition: DefinitionRecord, timeoutMins = 600): void {
    const now = this.timers.now();
    const names = { name: 'root', parentResource: null, description: '', statusReason: '', ownerName: 'demo' };
    const ids = { id: this.id, projectId: asId<ProjectId>('project'), parentId: null, rootId: this.id, userId: asId<UserId>('demo') };
    const definitions = { targetDefinitionId: definition.id, definitionId: definition.id, rollbackDefinitionId: null };
    const times = { createdAt: now, updatedAt: null, deletedAt: null, deadlineAt: now + timeoutMins * 60_000 };
    const rest = {
      depth: 0,
      traversal: 1,
      timeoutMins,
      disableRollback: true,
      tags: null,
      credentialId: null,
      haltReason: null,
      exceptions: null,
      looksAskedAt: 0,
      mending: null,
      snapshotId: null,
      adopting: false,
      wakeVersion: 1,
    };
    this.store.insert({ ...names, ...ids, ...definitions, ...times, ...rest, action: 'CREATE', status: 'IN_PROGRESS' }, definition);
  }
  change(definition: DefinitionRecord | null): Promise<StackRecord> {
    this.begin(this.id, definition);
    return this.settle();
  }
  /** What a user asks of any stack of the tree. Null: delete it. */
  begin(id: StackId, definition: DefinitionRecord | null): void {
    const stack = this.store.stack(id);
    const wanted = definition === null ? {} : { definitionId: definition.id };
    this.store.request(
      id,
      {
        action: definition === null ? 'DELETE' : 'UPDATE',
        status: 'IN_PROGRESS',
        traversal: stack.traversal + 1,
        targetDefinitionId: definition?.id ?? null,
        deadlineAt: this.timers.now() + 10 * HOUR_MS,
        ...wanted,
      },
      definition,
      this.timers.now(),
    );
    this.#owner.engine.wake(id);
  }
  /** A user wants to know what has become of the resources. */
  async detect(): Promise<void> {
    this.store.askForLooks(this.id, this.timers.now());
    this.#owner.engine.wake(this.id);
    await this.seconds(40);
  }
  /** An update to the same definition in which what drifted is brought back: all of it, or what the paths name. */
  async mend(definition: DefinitionRecord, paths: readonly string[] = []): Promise<StackRecord> {
    this.begin(this.id, definition);
    this.store.mend(this.id, paths, this.timers.now());
    this.#owner.engine.wake(this.id);
    await this.settle();
    await this.rest();
    return this.store.stack(this.id);
  }
  async settle(id: StackId = this.id): Promise<StackRecord> {
    const end = this.timers.now() + 2 * HOUR_MS;
    while (this.store.stack(id).status === 'IN_PROGRESS' && this.timers.now() < end) await this.#second();
    return this.store.stack(id);
  }
  async seconds(count: number): Promise<void> {
    for (let second = 0; second < count; second++) await this.#second();
  }
  /** Until what late calls may have left has been looked for. */
  rest(): Promise<void> {
    return this.seconds(60);
  }
  async #second(): Promise<void> {
    if (this.#owner.isDead) this.#owner = this.#newOwner();
    for (const claim of this.store.claim(this.#owner.holderId, this.timers.now(), (holder) => this.#dead.has(holder)))
      this.#owner.engine.take(claim);
    await this.timers.advance(1_000);
  }
  live(): readonly StackId[] {
    return this.store.stackIds().filter((id) => this.store.stack(id).deletedAt === null);
  }
  stop = (): Promise<void> => this.#owner.engine.stop(0);
}
