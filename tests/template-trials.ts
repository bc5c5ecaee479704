/** Which templates are run for real, with which parameters, what an operator makes for them beforehand, and what their outputs must be. */
import type { Rest } from '../tools/server/rest.ts';

/** Ids of what the templates name. */
export interface Prepared {
  readonly poolId: string;
  readonly serverId: string;
  readonly privateNetwork: string;
  readonly privateSubnet: string;
  readonly publicNetwork: string;
}

export interface Trial {
  /** From the repository's root. */
  readonly path: string;
  readonly parameters?: (prepared: Prepared) => Readonly<Record<string, unknown>>;
  /** Output by name: what it is, as text, must match. Every output of the template is named. */
  readonly outputs: Readonly<Record<string, RegExp>>;
}

const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
const NAMED_ADDRESS = /^\{"private":\["[\d.]+"/;
const RANDOM = /^\w{32}$/;
const server = { key_name: 'testkey', image: 'testimage', flavor: 'm1.small' };
const twoServers = (prepared: Prepared, network: string, subnet: string) => ({
  ...server,
  [network]: prepared.privateNetwork,
  [subnet]: prepared.privateSubnet,
});

const real: readonly Trial[] = [
  {
    path: 'hot/F18/NovaInstanceWithCinderVolume_Native.yaml',
    parameters: () => ({ key_name: 'testkey' }),
    outputs: { instance_ip: ADDRESS },
  },
  {
    path: 'hot/F18/WordPress_Native.yaml',
    parameters: () => ({ key_name: 'testkey' }),
    outputs: { WebsiteURL: /^http:\/\/[\d.]+\/wordpress$/ },
  },
  {
    path: 'hot/condition.yaml',
    outputs: {
      res_value: /^null$/,
      test_res_value: /^env_is_test$/,
      prod_resource: /^no_prod_res$/,
      test_res1_value: /^just in test env$/,
      beijing_prod_res: /^no_prod_res$/,
    },
  },
  {
    path: 'hot/external_resource.yaml',
    parameters: ({ serverId }) => ({ external_server_id: serverId }),
    outputs: { server_address: ADDRESS },
  },
  {
    path: 'hot/hello_world.yaml',
    parameters: () => ({ ...server, admin_pass: 'Sesame1' }),
    outputs: { server_networks: NAMED_ADDRESS },
  },
  {
    path: 'hot/lb_server.yaml',
    parameters: ({ poolId }) => ({
      ...server,
      pool_id: poolId,
      user_data: 'echo',
      metadata: { role: 'web' },
      network: 'private',
      subnet: 'private-subnet',
    }),
    outputs: { server_ip: ADDRESS, lb_member: /"protocol_port":80/ },
  },
  {
    path: 'hot/multi_region_hello_world.yaml',
    parameters: () => ({ ...server, admin_pass: 'Sesame2' }),
    outputs: { stack_one_outputs: /server_networks.*private/, stack_two_outputs: /server_networks.*private/ },
  },
  { path: 'hot/resource_group/random.yaml', parameters: () => ({ lengths: [3, 7], index: 1 }), outputs: { value: /^\w{7}$/ } },
  {
    path: 'hot/resource_group/resource_group.yaml',
    outputs: {
      resource1_id: RANDOM,
      resource2_id: RANDOM,
      resource1_value: RANDOM,
      resource2_value: RANDOM,
      all_values: /^\["\w{32}","\w{32}"\]$/,
    },
  },
  { path: 'hot/resource_group/resource_group_index_lookup.yaml', outputs: { all_values: /^\["\w{4}","\w{5}","\w{6}"\]$/ } },
  {
    path: 'hot/servers_in_existing_neutron_net.yaml',
    parameters: (prepared) => ({ ...twoServers(prepared, 'private_net_id', 'private_subnet_id'), public_net_id: prepared.publicNetwork }),
    outputs: { server1_private_ip: ADDRESS, server1_public_ip: ADDRESS, server2_private_ip: ADDRESS, server2_public_ip: ADDRESS },
  },
  {
    path: 'hot/servers_in_existing_neutron_network_no_floating_ips.yaml',
    parameters: (prepared) => twoServers(prepared, 'net_id', 'subnet_id'),
    outputs: { server1_provider_ip: ADDRESS, server2_provider_ip: ADDRESS },
  },
  { path: 'hot/software-config/example-templates/example-cloud-init.yaml', parameters: () => server, outputs: {} },
  { path: 'hot/swift.yaml', outputs: { WebsiteURL: /^http:.*\/swift-[\w-]*SwiftContainerWebsite-\w+$/i, DomainName: /^127\.0\.0\.1/ } },
  { path: 'hot/vm_with_cinder.yaml', parameters: () => server, outputs: { instance_networks: NAMED_ADDRESS } },
  {
    path: 'cfn/F17/Neutron.template',
    outputs: {
      the_network_status: /^ACTIVE$/,
      port_device_owner: /^$/,
      port_fixed_ips: /"ip_address":"10\.0\.3\.21"/,
      port_mac_address: /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/,
      port_status: /^\w+$/,
      port_show: /"name":"port1"/,
      subnet_show: /"cidr":"10\.0\.3\.0\/24"/,
      network_show: /"name":"the_network"/,
      router_show: /"admin_state_up":true/,
    },
  },
  { path: 'openshift-origin/centos65/OpenShift.yaml', parameters: () => ({ key_name: 'testkey' }), outputs: {} },
];

const examples: readonly Trial[] = [
  { path: 'first-stack.yaml', outputs: { web_address: /^10\.20\.0\.10$/, worker_addresses: /^\["10\.20\.0\.\d+","10\.20\.0\.\d+"\]$/ } },
  {
    path: 'server-with-volume.yaml',
    outputs: { address: ADDRESS, inner_address: /^10\.30\.0\.\d+$/ },
  },
  { path: 'balanced-group.yaml', outputs: { address: /^10\.40\.0\.\d+$/, members: /^\["10\.40\.0\.\d+","10\.40\.0\.\d+"\]$/ } },
  { path: 'nested.yaml', outputs: { gateways: /^\["10\.50\.1\.1","10\.50\.2\.1"\]$/, addresses: /10\.50\.1\.\d+.*10\.50\.2\.\d+/ } },
  {
    path: 'cloudformation.yaml',
    outputs: {
      Gateway: /^10\.60\.0\.1$/,
      Names: /^cloudformation-web and cloudformation-data$/,
      Guard: /^null$/,
      Network: /^[0-9a-f-]{36}$/,
    },
  },
  { path: 'first-boot.yaml', outputs: { address: ADDRESS, password: /^\w{16}$/ } },
];

export const trials: readonly Trial[] = [
  ...real.map((trial) => ({ ...trial, path: `testdata/templates/${trial.path}` })),
  ...examples.map((trial) => ({ ...trial, path: `examples/${trial.path}` })),
];

/** Images that templates name in their own defaults. */
const IMAGES = ['F18-x86_64-cfntools', 'centos-6.5-x86_64-cfntools'];

async function made<T>(rest: Rest, service: string, path: string, body: object, method = 'POST'): Promise<T> {
  const answer = await rest.call<T>(method, `${rest.endpoint(service)}${path}`, body);
  if (answer.status >= 300) throw new Error(`${method} ${service}${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function idOf(rest: Rest, service: string, path: string, key: string): Promise<string> {
  const { body } = await rest.call<Record<string, readonly { readonly id: string }[]>>('GET', `${rest.endpoint(service)}${path}`);
  const id = body[key]?.[0]?.id;
  if (id === undefined) throw new Error(`${service}${path} gives nothing: ${JSON.stringify(body)}`);
  return id;
}

/** What an operator and a user make before: images, room for servers, a second region, a pool behind a balancer, a server. */
export async function prepare(administrator: Rest, user: Rest): Promise<Prepared> {
  for (const name of IMAGES) {
    const image = await made<{ id: string }>(administrator, 'image', '/v2/images', {
      name,
      visibility: 'public',
      disk_format: 'raw',
      container_format: 'bare',
    });
    const sent = await fetch(`${administrator.endpoint('image')}/v2/images/${image.id}/file`, {
      method: 'PUT',
      headers: { 'x-auth-token': administrator.token, 'content-type': 'application/octet-stream' },
      body: 'a few bytes',
    });
    if (sent.status !== 204) throw new Error(`bytes of image ${name}: ${sent.status} ${await sent.text()}`);
  }
  await made(administrator, 'compute', `/os-quota-sets/${user.projectId}`, { quota_set: { instances: 40, cores: 80 } }, 'PUT');
  await secondRegion(administrator, user);
  const privateNetwork = await idOf(user, 'network', '/v2.0/networks?name=private', 'networks');
  const privateSubnet = await idOf(user, 'network', `/v2.0/subnets?network_id=${privateNetwork}`, 'subnets');
  const publicNetwork = await idOf(user, 'network', '/v2.0/networks?name=public', 'networks');
  return {
    privateNetwork,
    privateSubnet,
    publicNetwork,
    poolId: await newPool(user, privateSubnet),
    serverId: await newServer(user, privateNetwork),
  };
}

/** A region whose orchestration service is the same one. */
async function secondRegion(administrator: Rest, user: Rest): Promise<void> {
  await made(administrator, 'identity', '/regions', { region: { id: 'RegionTwo' } });
  const serviceId = await idOf(administrator, 'identity', '/services?type=orchestration', 'services');
  const url = user.endpoint('orchestration').replace(user.projectId, '%(project_id)s');
  const endpoint = { service_id: serviceId, interface: 'public', region_id: 'RegionTwo', url };
  await made(administrator, 'identity', '/endpoints', { endpoint });
}

async function newPool(user: Rest, subnet: string): Promise<string> {
  const pool = { name: 'own-pool', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
  const loadbalancer = { name: 'own-balancer', vip_subnet_id: subnet, pools: [pool] };
  const path = '/v2.0/lbaas/loadbalancers';
  const { loadbalancer: balancer } = await made<{ loadbalancer: { id: string; pools: readonly { id: string }[] } }>(
    user,
    'load-balancer',
    path,
    { loadbalancer },
  );
  await untilStatus(user, `${user.endpoint('load-balancer')}${path}/${balancer.id}`, 'loadbalancer', 'provisioning_status');
  return idOf(user, 'load-balancer', '/v2.0/lbaas/pools?name=own-pool', 'pools');
}

export async function newServer(user: Rest, network: string): Promise<string> {
  const imageRef = await idOf(user, 'image', '/v2/images?name=testimage', 'images');
  const flavorRef = await idOf(user, 'compute', '/flavors', 'flavors');
  const body = { server: { name: 'own-server', imageRef, flavorRef, networks: [{ uuid: network }] } };
  const { server: begun } = await made<{ server: { id: string } }>(user, 'compute', '/servers', body);
  await untilStatus(user, `${user.endpoint('compute')}/servers/${begun.id}`, 'server', 'status');
  return begun.id;
}

async function untilStatus(user: Rest, url: string, key: string, field: string): Promise<void> {
  for (let look = 0; look < 200; look++) {
    const { body } = await user.call<Record<string, Record<string, unknown>>>('GET', url);
    if (body[key]?.[field] === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not become ACTIVE`);
}
