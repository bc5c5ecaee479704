/** `OS::Neutron::FloatingIP`: an address of an external network that may point to a port. */
import type { Json, JsonObject } from '@hearth/kernel';
import { done, a, c, p, isGiven, needsBeside, ofGiven, isSet, wait } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { given, picked } from './family.ts';
import { floatingIpOrder } from './floating-order.ts';
import { findDescribed } from './mark.ts';

export const floatingIp = openstackType({
  name: 'OS::Neutron::FloatingIP',
  doc: 'An address of an external network, for a port behind a router.',
  service: 'neutron',
  properties: {
    floating_network: p.string('Name or id of the external network.', {
      required: true,
      constraints: [c.custom('neutron.network')],
      translatedFrom: ['floating_network_id'],
    }),
    floating_subnet: p.string('Name or id of the subnet to take the address from.', { constraints: [c.custom('neutron.subnet')] }),
    value_specs: p.map('More fields for the request, for extensions that have no property here.', { default: {} }),
    port_id: p.string('Id of the port it points to.', { updatable: true, constraints: [c.custom('neutron.port')] }),
    fixed_ip_address: p.string("Which of the port's addresses, where it has several.", {
      updatable: true,
      constraints: [c.custom('ip_addr')],
    }),
    floating_ip_address: p.string('The address wanted; for administrators.', { constraints: [c.custom('ip_addr')] }),
    dns_name: p.string('The host name for DNS.', { updatable: true, constraints: [c.custom('rel_dns_name')] }),
    dns_domain: p.string('The domain for DNS, with a dot at the end.', { updatable: true, constraints: [c.custom('dns_domain')] }),
  },
  attributes: {
    router_id: a.as('string')('Id of the router it goes through.', { cache: 'live' }),
    tenant_id: a.as('string')('The project that owns it.'),
    floating_network_id: a.as('string')('Id of its network.'),
    fixed_ip_address: a.as('string')('The address it points to.', { cache: 'live' }),
    floating_ip_address: a.as('string')('The address itself.'),
    port_id: a.as('string')('Id of the port it points to.', { cache: 'live' }),
  },
  examples: [
    { name: 'pointing nowhere', props: { floating_network: 'public' }, replacedBy: { floating_subnet: 'public-subnet' } },
    {
      name: 'described',
      props: { floating_network: 'public', port_id: '$port', value_specs: { description: 'of the contract' } },
    },
    {
      name: 'pointing to a port',
      props: { floating_network: 'public', port_id: '$port' },
      updates: [{ port_id: null }, { port_id: '$port' }],
    },
  ],
  validate: ({ port_id: port, fixed_ip_address: address }) =>
    port === null && isGiven(address) ? [needsBeside('fixed_ip_address', 'port_id')] : [],
  alsoRequires: floatingIpOrder,
  find: (call) => findDescribed(call, 'floatingip'),
  async create({ cloud, props, physicalName }) {
    const { floating_network: network, floating_subnet: subnet, value_specs, ...rest } = props;
    const item = await cloud.neutron.create('floatingip', {
      floating_network_id: await cloud.neutron.idOf('network', network),
      ...(isSet(subnet) && { subnet_id: await cloud.neutron.idOf('subnet', subnet) }),
      ...given(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''))),
      ...value_specs,
      // A floating IP has no name: the description is the mark.
      description: physicalName,
    });
    const physicalId = String(item.id);
    // The user's own takes the place of the mark once the id is on record.
    return isSet(value_specs.description) ? wait('created', { physicalId, afterMs: 0 }) : done({ physicalId });
  },
  async checkCreate({ cloud, physicalId, props }) {
    const { value_specs, port_id: port } = props;
    if (isSet(value_specs.description)) {
      const body = { description: value_specs.description as Json, ...(isSet(port) && { port_id: port, ...addressOf(props) }) };
      await cloud.neutron.update('floatingip', physicalId, body);
    }
    return done();
  },
  async update({ cloud, physicalId, props }) {
    // Without a port both are null, which frees the address.
    const port = isSet(props.port_id) ? props.port_id : null;
    const address = port !== null && isSet(props.fixed_ip_address) ? props.fixed_ip_address : null;
    await cloud.neutron.update('floatingip', physicalId, { port_id: port, fixed_ip_address: address });
    return done();
  },
  async delete({ cloud, physicalId }) {
    await cloud.neutron.delete('floatingip', physicalId);
    return done();
  },
  liveProperties: ({ observed, props }) =>
    ofGiven(props, {
      port_id: props.port_id === '' ? undefined : observed.port_id,
      fixed_ip_address: props.fixed_ip_address === '' ? undefined : observed.fixed_ip_address,
    }),
  async observe({ cloud, physicalId }) {
    const item = await cloud.neutron.get('floatingip', physicalId);
    return item === null ? null : { ...picked(item, ATTRIBUTES), show: item };
  },
});

const ATTRIBUTES = ['router_id', 'tenant_id', 'floating_network_id', 'fixed_ip_address', 'floating_ip_address', 'port_id'] as const;
const addressOf = ({ fixed_ip_address: address }: { readonly fixed_ip_address: string | null }): JsonObject =>
  isSet(address) ? { fixed_ip_address: address } : {};
