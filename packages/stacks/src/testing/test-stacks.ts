/** The use cases on a real database with a real engine behind them, and the outside world played by hand. */
import { definitionCache } from '@hearth/engine';
import { sharedDelegations } from '../shared-delegations.ts';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  asId,
  Failure,
  Secret,
  silentLog,
  type HolderId,
  type Json,
  type ProjectId,
  type Random,
  type StackId,
  type Timers,
  type UserId,
} from '@hearth/kernel';
import { callLimit, createEngine, DEFAULT_LIMITS } from '@hearth/engine';
import { claimDueRows, createEngineStore, createSecretBox, renewLease, STACK_DUE, type Database, type SecretBox } from '@hearth/store';
import type { Caller } from '../caller.ts';
import {
  DEFAULT_STACK_LIMITS,
  NO_GLOBAL_ENVIRONMENT,
  type GlobalEnvironment,
  type RemoteContent,
  type StackLimits,
  type StackPorts,
} from '../ports.ts';
import { configShelf } from '../software-configs.ts';
import { stackUseCases, type StackUseCases } from '../use-cases.ts';
import { sampleCloud, sampleRegistry, type SampleCloud } from './sample-types.ts';

export interface TestStacks {
  readonly stacks: StackUseCases;
  readonly ports: StackPorts;
  readonly cloud: SampleCloud;
  readonly secretBox: SecretBox;
  readonly timers: Timers;
  readonly random: Random;
  /** Trusts that stand. */
  readonly trusts: Set<string>;
  /** Every question the cloud was asked. */
  readonly asked: { readonly constraint: string; readonly value: Json }[];
  /** Values that `test.flavor` knows. */
  readonly flavors: Set<string>;
  /** Services and extensions that are not there, each with the reason. */
  readonly lacking: Map<string, string>;
  /** Runs the engine until no stack is due. */
  settle(): Promise<void>;
  /** Runs it no longer than so many milliseconds. */
  step(ms: number): Promise<void>;
}

export interface TestStacksOptions {
  readonly database: Database;
  readonly limits?: Partial<StackLimits>;
  /** Without one, nothing can be fetched. */
  readonly remote?: RemoteContent;
  readonly globalEnvironment?: GlobalEnvironment;
  /** The sample types when absent; with other types only what looks at stacks works, not what makes them. */
  readonly registry?: StackPorts['registry'];
}

const NOTHING_REMOTE: RemoteContent = {
  fetchText: async () => {
    throw new Failure('unavailable', 'Nothing can be fetched here.');
  },
  shownUrl: (url) => url,
  containerFiles: async () => null,
};

export function testCaller(projectId: string, roles: readonly string[] = ['member', 'reader'], userName = 'demo'): Caller {
  return {
    projectId: asId<ProjectId>(projectId),
    userId: asId<UserId>(`${userName}-id`),
    userName,
    roles,
    token: new Secret('a token'),
    trustId: null,
  };
}

/** The real clock: the database has its own, which no virtual one could follow. */
const timers: Timers = {
  now: () => Date.now(),
  at(atMs, callback) {
    const timer = setTimeout(callback, Math.max(0, atMs - Date.now()));
    return () => clearTimeout(timer);
  },
  sleep: async (ms) => void (await pause(ms)),
};
const random: Random = {
  next: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  uuid: () => randomUUID(),
  bytes: (length) => randomBytes(length),
};

const IN_USE_MS = 60_000;

export function testStacks({
  database,
  limits = {},
  remote = NOTHING_REMOTE,
  globalEnvironment = NO_GLOBAL_ENVIRONMENT,
  registry = sampleRegistry(),
}: TestStacksOptions): TestStacks {
  const cloud = sampleCloud();
  const secretBox = createSecretBox(random.bytes(32));
  const trusts = new Set<string>();
  const asked: { constraint: string; value: Json }[] = [];
  const flavors = new Set(['small']);
  const lacking = new Map<string, string>();
  const ports: StackPorts = {
    database,
    secretBox,
    registry,
    constraints: {
      async check(_caller, questions) {
        asked.push(...questions);
        return questions.map(({ constraint, value }) =>
          constraint === 'test.flavor' && flavors.has(String(value))
            ? null
            : `Error validating value '${String(value)}': there is no ${constraint} of that name`,
        );
      },
    },
    services: {
      available: async (_caller, wishes) => wishes.map(({ service, extension }) => lacking.get(extension ?? service) ?? null),
    },
    zones: { list: async () => ['north', 'south'] },
    delegation: {
      async create(caller) {
        const trustId = randomUUID();
        trusts.add(trustId);
        return { trustId, trustorUserId: caller.userId };
      },
      async revoke(_caller, { trustId }) {
        trusts.delete(trustId);
      },
    },
    remote,
    globalEnvironment,
    definitions: definitionCache(),
    delegations: sharedDelegations(),
    observer: {
      async observe(_stack, rows) {
        const seen = rows.flatMap((row) => {
          const attributes = row.physicalId === null ? undefined : cloud.things.get(row.physicalId);
          return attributes === undefined ? [] : [[row.id, attributes] as const];
        });
        return new Map(seen);
      },
    },
    clock: timers,
    random,
    log: silentLog,
    limits: { ...DEFAULT_STACK_LIMITS, ...limits },
    revision: 'test',
  };
  return {
    stacks: stackUseCases(ports),
    ports,
    cloud,
    secretBox,
    timers,
    random,
    trusts,
    asked,
    flavors,
    lacking,
    settle: () => settle(ports, cloud, Number.POSITIVE_INFINITY),
    step: (ms) => settle(ports, cloud, timers.now() + ms),
  };
}

async function settle(ports: StackPorts, cloud: SampleCloud, until: number): Promise<void> {
  const { database, secretBox, registry } = ports;
  const engine = createEngine<unknown>({
    store: createEngineStore(database, secretBox),
    registry,
    cloudFor: async () => cloud,
    configsFor: (stack) => configShelf({ database, secretBox, clock: timers, random, softwareConfigsPerProject: -1 }, stack.projectId),
    revoke: async () => {},
    timers,
    random,
    log: silentLog,
    calls: callLimit(16),
    lease: { isValid: () => true },
    ended: () => {},
    definitions: ports.definitions,
    // Trying again takes a minute in all, and is the engine's matter.
    limits: { ...DEFAULT_LIMITS, retries: 0 },
  });
  const holderId = asId<HolderId>(randomUUID());
  await renewLease(database, { id: holderId, name: 'test', ttlMs: IN_USE_MS });
  for (;;) {
    const { claims, nextDueAt, databaseNow } = await claimDueRows(database, {
      table: STACK_DUE,
      holderId,
      limit: 50,
      sweep: false,
      known: engine.held(),
    });
    for (const claim of claims) engine.take({ ...claim, stackId: asId<StackId>(claim.id) });
    const busy = engine.held().length > 0;
    if (!busy && claims.length === 0 && (nextDueAt === null || nextDueAt > databaseNow)) break;
    if (timers.now() > until) break;
    await timers.sleep(2);
  }
  await engine.stop(1000);
}
