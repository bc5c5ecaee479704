/** `OS::Neutron::FloatingIPAssociation`: points a floating IP, made elsewhere, to a port. The association has no id of its own. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, type JsonObject } from '@hearth/kernel';
import { c, done, p, isSet } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { associationOrder } from './floating-order.ts';

export const floatingIpAssociation = openstackType({
  name: 'OS::Neutron::FloatingIPAssociation',
  doc: 'Points a floating IP to a port.',
  service: 'neutron',
  properties: {
    floatingip_id: p.string('Id of the floating IP.', { required: true, updatable: true }),
    port_id: p.string('Id of the port.', { required: true, updatable: true, constraints: [c.custom('neutron.port')] }),
    fixed_ip_address: p.string("Which of the port's addresses, where it has several.", {
      updatable: true,
      constraints: [c.custom('ip_addr')],
    }),
  },
  attributes: {},
  examples: [
    {
      name: 'a port and an address',
      props: { floatingip_id: '$floatingip', port_id: '$port' },
      updates: [{ port_id: '$other_port' }],
    },
  ],
  alsoRequires: associationOrder,
  isFoundByPlace: true,
  async find({ cloud, physicalName, props }) {
    const item = await cloud.neutron.get('floatingip', props.floatingip_id);
    return item !== null && item.port_id === props.port_id ? [physicalName] : [];
  },
  async create({ cloud, physicalName, props }) {
    await pointTo(cloud, props);
    return done({ physicalId: physicalName });
  },
  async update({ cloud, before, props }) {
    if (before.floatingip_id !== props.floatingip_id) await free(cloud, before.floatingip_id, before.port_id);
    await pointTo(cloud, props);
    return done();
  },
  async delete({ cloud, props }) {
    await free(cloud, props.floatingip_id, props.port_id);
    return done();
  },
  // One that points elsewhere is gone.
  liveProperties: () => ({}),
  async observe({ cloud, props }) {
    const item = await cloud.neutron.get('floatingip', props.floatingip_id);
    return item !== null && item.port_id === props.port_id ? { show: item } : null;
  },
});

interface Wish {
  readonly floatingip_id: string;
  readonly port_id: string;
  readonly fixed_ip_address: string | null;
}

async function pointTo(cloud: Cloud, { floatingip_id: id, port_id: port, fixed_ip_address: address }: Wish): Promise<void> {
  const body: JsonObject = { port_id: port, ...(isSet(address) && { fixed_ip_address: address }) };
  await cloud.neutron.update('floatingip', id, body);
}

/** Only what this association did is undone: an address that points elsewhere by now stays. */
async function free(cloud: Cloud, id: string, port: string): Promise<void> {
  try {
    const item = await cloud.neutron.get('floatingip', id);
    if (item !== null && item.port_id === port) await cloud.neutron.update('floatingip', id, { port_id: null });
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'not-found')) throw error;
  }
}
