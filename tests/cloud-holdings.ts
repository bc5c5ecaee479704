/** Everything that a cloud holds, as `kind id` lines, read through its public APIs by an administrator (and as the project, where no other sees it). */
import type { Rest } from '../tools/server/rest.ts';

/** Service, path, and the key of the list in the answer. */
const AS_ADMINISTRATOR: readonly (readonly [service: string, path: string, key: string])[] = [
  ['compute', '/servers?all_tenants=1', 'servers'],
  ['compute', '/os-server-groups?all_projects=1', 'server_groups'],
  ['compute', '/flavors?is_public=None', 'flavors'],
  ['network', '/v2.0/networks', 'networks'],
  ['network', '/v2.0/subnets', 'subnets'],
  ['network', '/v2.0/ports', 'ports'],
  ['network', '/v2.0/routers', 'routers'],
  ['network', '/v2.0/floatingips', 'floatingips'],
  ['network', '/v2.0/security-groups', 'security_groups'],
  ['network', '/v2.0/security-group-rules', 'security_group_rules'],
  ['volumev3', '/volumes?all_tenants=1', 'volumes'],
  ['volumev3', '/snapshots?all_tenants=1', 'snapshots'],
  ['image', '/v2/images', 'images'],
  ['load-balancer', '/v2.0/lbaas/loadbalancers', 'loadbalancers'],
  ['load-balancer', '/v2.0/lbaas/listeners', 'listeners'],
  ['load-balancer', '/v2.0/lbaas/pools', 'pools'],
  ['load-balancer', '/v2.0/lbaas/healthmonitors', 'healthmonitors'],
  ['identity', '/users', 'users'],
  ['identity', '/OS-TRUST/trusts', 'trusts'],
];
const AS_PROJECT: typeof AS_ADMINISTRATOR = [
  ['compute', '/os-keypairs', 'keypairs'],
  ['object-store', '?format=json', ''],
  ['orchestration', '/stacks?show_nested=true', 'stacks'],
  ['orchestration', '/software_configs', 'software_configs'],
];

export async function cloudHoldings(administrator: Rest, project: Rest): Promise<readonly string[]> {
  const lists = await Promise.all([
    ...AS_ADMINISTRATOR.map((list) => held(administrator, ...list)),
    ...AS_PROJECT.map((list) => held(project, ...list)),
  ]);
  return lists.flat().toSorted();
}

async function held(rest: Rest, service: string, path: string, key: string): Promise<readonly string[]> {
  const { status, body } = await rest.call<Record<string, unknown>>('GET', `${rest.endpoint(service)}${path}`);
  if (status !== 200) throw new Error(`GET ${service}${path}: ${status} ${JSON.stringify(body)}`);
  const items = (key === '' ? body : body[key]) as readonly Record<string, Record<string, unknown>>[];
  return items.map((item) => {
    const { id, name } = item['keypair'] ?? item;
    return `${key || 'containers'} ${String(id ?? name)} ${String(name)}`;
  });
}
