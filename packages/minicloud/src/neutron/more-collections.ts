/** Routers, floating IPs, subnet pools, address scopes and RBAC policies as tables. */
import type { ServiceContext } from '../service.ts';
import type { Document } from '../store/documents.ts';
import { plain, type Collection } from './collection.ts';
import { createFloatingIp, deleteFloatingIp, ownFloatingIp, updateFloatingIp } from './floating-ips.ts';
import {
  floatingIpAttributes,
  floatingIpView,
  routerAttributes,
  routerView,
  type FloatingIp,
  type FloatingIpBody,
  type Router,
} from './l3-objects.ts';
import { collections, type PortBody } from './objects.ts';
import { poolMissing, poolSharing } from './pool-allocation.ts';
import { policyAttributes, policyView, changedPoolView, poolAttributes, poolView, scopeAttributes, scopeView } from './pool-objects.ts';
import { createPolicy, everybodyPolicy, policyMissing, removePolicy, updatePolicy } from './rbac.ts';
import { createRouter, deleteRouter, gatewayPolicy, ownRouter, updateRouter } from './routers.ts';
import { changedPool, completePool, keepScopes, refusePoolInUse, refuseScopeInUse, scopeMissing } from './subnet-pools.ts';

export const routerCollection = ({ random }: ServiceContext): Collection => ({
  singular: 'router',
  plural: 'routers',
  path: '/v2.0/routers',
  storage: collections.routers,
  attributes: routerAttributes,
  policy: gatewayPolicy,
  read: (store, id, identity) => ownRouter(store, id, identity),
  create: (tx, wanted, by) => createRouter(tx, wanted, { ...by, random }),
  update: (tx, id, values, by) => updateRouter(tx, id, values, { ...by, random }),
  remove: (tx, id, by) => deleteRouter(tx, id, { ...by, random }),
  show: (_store, documents, by) => documents.map((one) => routerView(one as Router, by.identity)),
});

export const floatingIpCollection = ({ random }: ServiceContext): Collection => ({
  singular: 'floatingip',
  plural: 'floatingips',
  path: '/v2.0/floatingips',
  storage: collections.floatingIps,
  attributes: floatingIpAttributes,
  computed: ['status'],
  read: (store, id, identity) => ownFloatingIp(store, id, identity),
  create: (tx, wanted, by) => createFloatingIp(tx, wanted, { ...by, random }),
  update: (tx, id, values, by) => updateFloatingIp(tx, id, values, { ...by, random }),
  remove: (tx, id, by) => deleteFloatingIp(tx, id, { ...by, random }),
  show: async (store, documents, by) => {
    const ids = documents.flatMap(({ body }) =>
      (body as FloatingIpBody).port_id === null ? [] : [(body as FloatingIpBody).port_id as string],
    );
    const ports = ids.length === 0 ? [] : await store.documents.list<PortBody>(collections.ports, { where: [{ field: 'id', in: ids }] });
    const byId = new Map(ports.map((port) => [port.id, port]));
    return documents.map((one) => floatingIpView(one as FloatingIp, byId.get((one.body as FloatingIpBody).port_id ?? ''), by.nowMs));
  },
});

const pools = plain({
  singular: 'subnetpool',
  plural: 'subnetpools',
  path: '/v2.0/subnetpools',
  storage: collections.pools,
  attributes: poolAttributes,
  ...poolSharing,
  missing: poolMissing,
  view: poolView,
  complete: completePool,
  change: changedPool,
  beforeRemove: refusePoolInUse,
});
export const poolCollection: Collection = {
  ...pools,
  showChanged: changedPoolView,
  async update(tx, id, values, by) {
    const done = await (pools.update as NonNullable<Collection['update']>)(tx, id, values, by);
    if (values.address_scope_id !== undefined) await keepScopes(tx, id, by.nowMs);
    return done;
  },
};

export const scopeCollection = plain({
  singular: 'address_scope',
  plural: 'address_scopes',
  path: '/v2.0/address-scopes',
  storage: collections.scopes,
  attributes: scopeAttributes,
  ...poolSharing,
  hasTags: false,
  missing: scopeMissing,
  view: scopeView,
  beforeRemove: refuseScopeInUse,
});

const policies = plain({
  singular: 'rbac_policy',
  plural: 'rbac_policies',
  path: '/v2.0/rbac-policies',
  storage: collections.policies,
  attributes: policyAttributes,
  hasTags: false,
  missing: policyMissing,
  view: policyView,
  policy: everybodyPolicy,
  change: updatePolicy,
  beforeRemove: removePolicy,
});
export const policyCollection: Collection = { ...policies, create: (tx, wanted, by): Promise<Document> => createPolicy(tx, wanted, by) };
