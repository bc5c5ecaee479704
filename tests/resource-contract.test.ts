/** Every registered resource type against the mini-cloud: the contract of resource types, generated from schema and examples. */
import { cloudOf, createTransport, openSession, stackUsersOf, type Cloud, type Transport } from '@hearth/cloud-openstack';
import { Secret, silentLog, type Timers } from '@hearth/kernel';
import { minicloudMigrations } from '@hearth/minicloud';
import { startImageServer, startTestCloud, TEST_PASSWORD, type ImageServer, type TestCloud } from '@hearth/minicloud/testing';
import type { ResourceType } from '@hearth/resource-kit';
import { resourceContract } from '@hearth/resource-kit/testing';
import { awsTypes } from '@hearth/resources-aws';
import { coreTypes } from '@hearth/resources-core';
import { openstackTypes } from '@hearth/resources-openstack';
import { seededRandom, testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContractNetwork } from './contract-network.ts';
import { existingStacks, startContractOrchestration, type ContractOrchestration } from './contract-orchestration.ts';
import { INTERFERENCES } from './contract-drift.ts';
import { withSeeded } from './contract-seeds.ts';
import { PUBLIC_URL, signalled, stackDomainOf } from './contract-signals.ts';
import { makeContractBalancer } from './contract-balancer.ts';
import { existingAttachments, makeContractVolume } from './contract-storage.ts';

const SPEED = 20;
const begunAt = Date.now();
/** A clock that runs faster, so that builds and pauses take no real time, while HTTP stays real. */
const timers: Timers = {
  now: () => begunAt + (Date.now() - begunAt) * SPEED,
  at(atMs, callback) {
    const handle = setTimeout(callback, Math.max(0, (atMs - timers.now()) / SPEED));
    return () => clearTimeout(handle);
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / SPEED)),
};
const random = seededRandom('resource contract');

let database: TestDatabase;
let volumes: Readonly<Record<string, string>> = {};
let network: Readonly<Record<string, string>> = {};
let minicloud: TestCloud;
let images: ImageServer | null = null;
let transport: Transport;
let orchestration: ContractOrchestration | null = null;
/** By the seeded user's name. */
const clouds: Record<string, Cloud> = {};
/** Types that only administrators may use. */
const ADMIN_TYPES: ReadonlySet<string> = new Set([
  'OS::Nova::Flavor',
  'OS::Octavia::Flavor',
  'OS::Octavia::FlavorProfile',
  'OS::Octavia::Quota',
]);

const cloudNameOf = (type: string): string => (ADMIN_TYPES.has(type) ? 'admin' : type === 'OS::Heat::Stack' ? 'orchestration' : 'demo');

beforeAll(async () => {
  database = await testDatabase({ migrations: [minicloudMigrations()] });
  minicloud = await startTestCloud({ database: database.database, timers, random });
  transport = createTransport({ timers });
  images = await startImageServer();
  const limits = { callTimeoutMs: 60_000 * SPEED };
  for (const name of ['demo', 'admin']) {
    const project = { name, domainId: 'default' };
    const login = { kind: 'password' as const, username: name, password: new Secret(TEST_PASSWORD), userDomainId: 'default', project };
    const session = openSession({ authUrl: minicloud.authUrl, region: null, transport, log: silentLog, auth: login, ...limits });
    clouds[name] = cloudOf(session, {
      stackUsers: stackUsersOf(stackDomainOf(minicloud, transport, limits.callTimeoutMs)),
      publicUrl: PUBLIC_URL,
    });
  }
  orchestration = await startContractOrchestration(transport, limits.callTimeoutMs);
  clouds.orchestration = orchestration.cloud;
  await makeContractBalancer(clouds.demo as Cloud, clouds.admin as Cloud, timers);
  network = await makeContractNetwork(clouds.demo as Cloud);
  volumes = await makeContractVolume(clouds.demo as Cloud, timers);
});
afterAll(async () => {
  await orchestration?.stop();
  await transport.close();
  await images?.close();
  await minicloud.close();
  await database.drop();
});

/** Everything that the mini-cloud has stored, and what lies within what is stored. */
async function existing(cloud: Cloud): Promise<readonly string[]> {
  const { body } = await minicloud.call('admin', 'GET', '/control/v1/objects');
  const { objects } = body as { readonly objects: readonly { service: string; collection: string; id: string; name: string | null }[] };
  return [
    ...objects.map(({ service, collection, id, name }) => `${service} ${collection} ${id} ${name ?? ''}`),
    ...(await existingAttachments(cloud)),
    ...(await existingStacks(cloud)),
  ];
}

// Types that are stacks of their own have no handlers: `composite-contract.test.ts` tries them with an engine. Others have none yet.
const types: readonly ResourceType<Cloud>[] = [...coreTypes, ...openstackTypes, ...awsTypes].filter(
  (type) => type.composite === undefined && type.isDeclaredOnly !== true,
);
it('there are types', () => expect(types.length).toBeGreaterThanOrEqual(8));

describe.each(types.map((type) => [type.name, type] as const))('%s', (_name, type) => {
  const matchesPattern = (pattern: string, value: string): boolean => new RegExp(`^(?:${pattern})$`, 'u').test(value);
  const makeCloud = async (): Promise<Cloud> => clouds[cloudNameOf(type.name)] as Cloud;
  const cases = resourceContract(
    withSeeded(type, () => ({ image_url: images?.url ?? '', ...volumes, ...network })),
    { makeCloud, existing, timers, random, matchesPattern, interferences: INTERFERENCES[type.name] ?? [], signals: signalled },
  );
  it.each(cases.map((one) => [one.name, one.run] as const))('%s', async (_case, run) => run());
});
