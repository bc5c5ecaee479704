/** `OS::Neutron::RouterInterface`: a router's place on a subnet, or at a port. Its physical id says between what it is. */
import type { Cloud } from '@hearth/cloud-openstack';
import { isJsonArray, isJsonObject, type JsonObject } from '@hearth/kernel';
import { c, done, p, conflict, isGiven, oneNeeded, isSet } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';

export const routerInterface = openstackType({
  name: 'OS::Neutron::RouterInterface',
  doc: 'Connects a router to a subnet, or to a port that exists.',
  service: 'neutron',
  extension: 'router',
  properties: {
    router: p.string('Name or id of the router.', {
      required: true,
      constraints: [c.custom('neutron.router')],
      translatedFrom: ['router_id'],
    }),
    subnet: p.string('Name or id of the subnet; either this or a port.', {
      constraints: [c.custom('neutron.subnet')],
      translatedFrom: ['subnet_id'],
    }),
    port: p.string('Name or id of the port; either this or a subnet.', {
      constraints: [c.custom('neutron.port')],
      translatedFrom: ['port_id'],
    }),
  },
  attributes: {},
  examples: [{ name: 'on a subnet', props: { router: '$router', subnet: '$subnet' }, replacedBy: { router: 'router' } }],
  validate({ subnet, port }) {
    if (isGiven(subnet) && isGiven(port)) return [conflict('subnet', 'port')];
    return subnet === null && port === null ? [oneNeeded('subnet', 'port')] : [];
  },
  isFoundByPlace: true,
  async find({ cloud, props }) {
    const { routerId, place } = await placeOf(cloud, props);
    return (await interfaceAt(cloud, routerId, place)) === null ? [] : [idOf(routerId, place)];
  },
  async create({ cloud, props }) {
    const { routerId, place } = await placeOf(cloud, props);
    await cloud.neutron.addRouterInterface(routerId, bodyOf(place));
    return done({ physicalId: idOf(routerId, place) });
  },
  async delete({ cloud, physicalId }) {
    const known = readId(physicalId);
    if (known !== null) await cloud.neutron.removeRouterInterface(known.routerId, bodyOf(known.place));
    return done();
  },
  // Another place is another interface.
  liveProperties: () => ({}),
  async observe({ cloud, physicalId }) {
    const known = readId(physicalId);
    const port = known === null ? null : await interfaceAt(cloud, known.routerId, known.place);
    return port === null ? null : { show: port };
  },
});

interface Place {
  readonly key: 'subnet_id' | 'port_id';
  readonly id: string;
}
const bodyOf = ({ key, id }: Place): JsonObject => ({ [key]: id });
const idOf = (routerId: string, { key, id }: Place): string => `${routerId}:${key}=${id}`;

function readId(physicalId: string): { readonly routerId: string; readonly place: Place } | null {
  const [, routerId, key, id] = /^([^:]+):(?:(subnet_id|port_id)=)?(.+)$/.exec(physicalId) ?? [];
  if (routerId === undefined || id === undefined) return null;
  // Without a key it is a subnet, as in ids from long ago.
  return { routerId, place: { key: key === 'port_id' ? 'port_id' : 'subnet_id', id } };
}

async function placeOf(
  cloud: Cloud,
  props: { readonly router: string; readonly subnet: string | null; readonly port: string | null },
): Promise<{ readonly routerId: string; readonly place: Place }> {
  const place: Place = isSet(props.subnet)
    ? { key: 'subnet_id', id: await cloud.neutron.idOf('subnet', props.subnet) }
    : { key: 'port_id', id: await cloud.neutron.idOf('port', props.port ?? '') };
  return { routerId: await cloud.neutron.idOf('router', props.router), place };
}

/** The router's port there; null when there is none. */
async function interfaceAt(cloud: Cloud, routerId: string, place: Place): Promise<JsonObject | null> {
  const ports = await cloud.neutron.list('port', { device_id: routerId });
  const isAt = (port: JsonObject): boolean => {
    if (!String(port.device_owner).startsWith('network:router_interface')) return false;
    if (place.key === 'port_id') return port.id === place.id;
    return isJsonArray(port.fixed_ips) && port.fixed_ips.some((one) => isJsonObject(one) && one.subnet_id === place.id);
  };
  return ports.find(isAt) ?? null;
}
