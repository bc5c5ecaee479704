/** `OS::Neutron::Router`: a router between networks, with a gateway to an external one. */
import type { Cloud } from '@hearth/cloud-openstack';
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { a, c, done, p, conflict, isFilled, isGiven, ofGiven, isSet, nameOr } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { extended, named, tagged } from './common-properties.ts';
import { created, findMarked, given, newItem, picked, settled } from './family.ts';
import { subnetsOf } from './subnets-first.ts';
import { addressesWithIds, idOfGiven, liveAddresses, liveItem } from './live.ts';

export const router = openstackType({
  name: 'OS::Neutron::Router',
  doc: 'A router that forwards between networks and, through its gateway, to an external one.',
  service: 'neutron',
  extension: 'router',
  properties: {
    name: named.name,
    external_gateway_info: p.mapOf({
      network: p.string('Name or id of the external network.', { required: true, updatable: true }),
      enable_snat: p.boolean('Whether addresses behind the router are translated; for administrators.', { updatable: true }),
      external_fixed_ips: p.listOf(
        p.mapOf({
          ip_address: p.string('The address.', { constraints: [c.custom('ip_addr')] }),
          subnet: p.string('Name or id of the subnet.', { constraints: [c.custom('neutron.subnet')] }),
        })(''),
      )('The addresses wanted on the external network; for administrators.', { updatable: true }),
    })('The gateway to an external network.', { updatable: true }),
    ...extended,
    admin_state_up: p.boolean('Whether the router forwards packets.', { default: true, updatable: true }),
    l3_agent_id: p.string('Id of the one L3 agent that runs the router; for administrators.', {
      updatable: true,
      support: { status: 'HIDDEN' },
    }),
    l3_agent_ids: p.listOf(p.string(''))('Ids of the L3 agents that run the router; for administrators.', { updatable: true }),
    distributed: p.boolean('Whether the router is distributed; for administrators.'),
    ha: p.boolean('Whether the router is highly available; for administrators.'),
    availability_zone_hints: p.list('Availability zones that the router should be in.', { updatable: true }),
    ...tagged,
  },
  attributes: {
    status: a.as('string')('What state the router is in.', { cache: 'live' }),
    external_gateway_info: a.as('map')('The gateway: network, addresses, address translation.', { cache: 'live' }),
    name: a.as('string')('The name.'),
    admin_state_up: a.as('string')('Whether it forwards packets.'),
    tenant_id: a.as('string')('The project that owns it.'),
  },
  examples: [
    {
      name: 'with a gateway',
      props: { external_gateway_info: { network: 'public' } },
      updates: [{ admin_state_up: false }, { name: 'renamed' }],
      replacedBy: { ha: true },
    },
    {
      name: 'named and tagged',
      props: { name: 'contract-router', tags: ['blue'] },
      updates: [{ tags: ['red', 'green'] }, { external_gateway_info: { network: 'public' } }],
    },
  ],
  validate({ distributed, ha, l3_agent_id: agent, l3_agent_ids: agents }) {
    if (isFilled(agent) && isGiven(agents)) return [conflict('l3_agent_id', 'l3_agent_ids')];
    if (distributed === true && (isFilled(agent) || isFilled(agents))) return [conflict('distributed', 'l3_agent_id/l3_agent_ids')];
    if (distributed === true && ha === true) return [conflict('distributed', 'ha')];
    return ha !== undefined && ha !== true && (agents?.length ?? 0) > 1 ? ['Non HA routers can only have one L3 agent.'] : [];
  },
  alsoRequires(self, others) {
    const info = self.properties.external_gateway_info;
    return isJsonObject(info) ? subnetsOf([info.network], others) : [];
  },
  find: (call) => findMarked(call, 'router'),
  async create(call) {
    const { cloud, props } = call;
    const fields = {
      external_gateway_info: await gatewayOf(cloud, props.external_gateway_info),
      admin_state_up: props.admin_state_up,
      distributed: props.distributed,
      ha: props.ha,
      availability_zone_hints: props.availability_zone_hints,
    };
    const item = await cloud.neutron.create('router', newItem(call, fields));
    return created(call, 'router', item, agentsOf(props).length > 0);
  },
  async checkCreate(live) {
    const { cloud, physicalId, props } = live;
    const progress = await settled(live, 'router');
    if (progress.kind === 'done' && agentsOf(props).length > 0) await runBy(cloud, physicalId, agentsOf(props));
    return progress;
  },
  async update({ cloud, physicalId, physicalName, props, changed }) {
    const { name, tags, l3_agent_id: agent, l3_agent_ids: agents, external_gateway_info: gateway, value_specs, ...rest } = changed;
    const body: JsonObject = {
      ...given(rest as JsonObject),
      // Taken away means: no gateway any more.
      ...(gateway !== undefined && { external_gateway_info: (await gatewayOf(cloud, gateway)) ?? {} }),
      ...(name !== undefined && { name: nameOr(name, physicalName) }),
      ...value_specs,
    };
    if (agent !== undefined || agents !== undefined) await runBy(cloud, physicalId, agentsOf(props));
    if (tags !== undefined) await cloud.neutron.setTags('router', physicalId, tags ?? []);
    if (Object.keys(body).length > 0) await cloud.neutron.update('router', physicalId, body);
    return done();
  },
  async delete({ cloud, physicalId }) {
    await cloud.neutron.delete('router', physicalId);
    return done();
  },
  async withIds({ cloud, props }) {
    const gateway = props.external_gateway_info;
    if (gateway === null) return {};
    const [network, fixed] = await Promise.all([
      idOfGiven(cloud, 'network', gateway.network),
      addressesWithIds(cloud, gateway.external_fixed_ips),
    ]);
    const isKnown = network !== undefined && fixed !== undefined;
    return { external_gateway_info: isKnown ? ({ ...gateway, network, external_fixed_ips: fixed } as Json) : undefined };
  },
  liveProperties: (seen) => ({
    ...liveItem(seen, ['admin_state_up']),
    ...ofGiven(seen.props, { external_gateway_info: liveGateway(seen.observed.external_gateway_info, seen.props.external_gateway_info) }),
  }),
  async observe({ cloud, physicalId }) {
    const item = await cloud.neutron.get('router', physicalId);
    return item === null ? null : { ...picked(item, ATTRIBUTES), show: item };
  },
});

const ATTRIBUTES = ['status', 'external_gateway_info', 'name', 'admin_state_up', 'tenant_id'] as const;

interface GatewayProps {
  readonly network: string;
  readonly enable_snat: boolean | null;
  readonly external_fixed_ips: readonly { readonly ip_address: string | null; readonly subnet: string | null }[] | null;
}

async function gatewayOf(cloud: Cloud, gateway: GatewayProps | null): Promise<JsonObject | null> {
  if (gateway === null) return null;
  const fixed = gateway.external_fixed_ips?.map(async ({ ip_address, subnet }) =>
    given({
      ip_address: ip_address === '' ? null : ip_address,
      subnet_id: isSet(subnet) ? await cloud.neutron.idOf('subnet', subnet) : null,
    }),
  );
  return given({
    network_id: await cloud.neutron.idOf('network', gateway.network),
    enable_snat: gateway.enable_snat,
    external_fixed_ips: fixed === undefined ? null : await Promise.all(fixed),
  });
}

/** Of the gateway that is there, what was said of the one that was wanted. */
function liveGateway(seen: Json, wanted: GatewayProps | null): Json {
  if (!isJsonObject(seen) || wanted === null) return null;
  return {
    network: seen.network_id ?? null,
    enable_snat: wanted.enable_snat === null ? null : (seen.enable_snat ?? null),
    external_fixed_ips: liveAddresses(seen.external_fixed_ips, wanted.external_fixed_ips) ?? null,
  };
}

interface AgentProps {
  readonly l3_agent_id: string | null;
  readonly l3_agent_ids: readonly string[] | null;
}
const agentsOf = ({ l3_agent_id: one, l3_agent_ids: many }: AgentProps): readonly string[] =>
  many === null || many.length === 0 ? [one ?? ''].filter((id) => id !== '') : many;

async function runBy(cloud: Cloud, routerId: string, wanted: readonly Json[]): Promise<void> {
  const present = await cloud.neutron.l3Agents(routerId);
  for (const agent of present) if (!wanted.includes(agent)) await cloud.neutron.setL3Agent(routerId, agent, false);
  for (const agent of wanted) if (!present.includes(String(agent))) await cloud.neutron.setL3Agent(routerId, String(agent), true);
}
