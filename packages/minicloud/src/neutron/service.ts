/** The network service as the mini-cloud takes it in: URLs, faults, and the networks that are there from the start. */
import type { JsonObject } from '@hearth/kernel';
import { networkHeaders } from '../answer-headers.ts';
import { neutronFault } from '../faults/neutron-fault.ts';
import type { Service, ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { routerAttributes } from './l3-objects.ts';
import { networkAttributes, subnetAttributes } from './objects.ts';
import { networkRoutes } from './routes.ts';
import { createNetwork } from './networks.ts';
import { addInterface } from './router-interfaces.ts';
import { createRouter } from './routers.ts';
import { createSubnet } from './subnets.ts';
import type { Attributes } from './attributes.ts';
import { ensureDefaultGroup } from './security-groups.ts';
import { seedIdentity } from './seed-identity.ts';

export const networkService = (): Service => ({
  type: 'network',
  name: 'neutron',
  prefixes: ['/network'],
  catalogPath: '/network',
  fault: neutronFault,
  finish: networkHeaders,
  routes: networkRoutes,
  seed,
});

const defaultsOf = (attributes: Attributes): JsonObject =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, attribute]) => (attribute.byDefault === undefined ? [] : [[name, attribute.byDefault]])),
  );

interface SeedNetwork {
  readonly name: string;
  readonly projectId: string;
  readonly values: JsonObject;
  readonly subnet: JsonObject;
}

/** An external network, one of the demo project's own, and a router between them. */
async function seed(tx: CloudStore, context: ServiceContext): Promise<void> {
  const { projectIds } = context.facts;
  const admin = projectIds.admin ?? '';
  const demo = projectIds.demo ?? '';
  const outer = await seedNetwork(tx, context, {
    name: 'public',
    projectId: admin,
    values: { 'router:external': true, mtu: 1500, 'provider:network_type': 'flat', 'provider:physical_network': 'external' },
    subnet: { name: 'public-subnet', cidr: '198.18.0.0/16', enable_dhcp: false },
  });
  const inner = await seedNetwork(tx, context, {
    name: 'private',
    projectId: demo,
    values: {},
    subnet: { name: 'private-subnet', cidr: '10.10.0.0/16' },
  });
  if (outer !== null && inner !== null) await seedRouter(tx, context, demo, outer.networkId, inner.subnetId);
  for (const projectId of Object.values(projectIds)) await ensureDefaultGroup(tx, projectId, context.clock.now(), context.random);
}

async function seedNetwork(tx: CloudStore, context: ServiceContext, wanted: SeedNetwork): Promise<Seeded | null> {
  // Claimed for good, so that what a user deletes does not come back with the next start.
  if (!(await tx.claims.take('neutron.seed', wanted.name, 'seed'))) return null;
  const nowMs = context.clock.now();
  const { projectId } = wanted;
  const values = { ...defaultsOf(networkAttributes), name: wanted.name, ...wanted.values };
  const network = await createNetwork(tx, { projectId, values }, { id: context.random.uuid(), nowMs });
  const subnet = { ...defaultsOf(subnetAttributes), network_id: network.id, ip_version: 4, ...wanted.subnet };
  const by = { identity: seedIdentity(projectId), id: context.random.uuid(), nowMs };
  const made = await createSubnet(tx, { projectId, values: subnet }, by);
  return { networkId: network.id, subnetId: made.id };
}

interface Seeded {
  readonly networkId: string;
  readonly subnetId: string;
}

async function seedRouter(tx: CloudStore, context: ServiceContext, projectId: string, networkId: string, subnetId: string): Promise<void> {
  const by = { identity: seedIdentity(projectId), nowMs: context.clock.now(), random: context.random };
  const values = { ...defaultsOf(routerAttributes), name: 'router', external_gateway_info: { network_id: networkId } };
  const router = await createRouter(tx, { projectId, values }, { ...by, id: context.random.uuid() });
  await addInterface(tx, router.id, { subnet_id: subnetId }, by);
}
