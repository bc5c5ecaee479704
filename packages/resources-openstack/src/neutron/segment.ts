/** `OS::Neutron::Segment`: one layer 2 part of a network that has several. */
import { c, declaredType, p, isGiven } from '@hearth/resource-kit';
import { NETWORK_TYPES, named } from './common-properties.ts';

export const neutronSegment = declaredType({
  name: 'OS::Neutron::Segment',
  doc: 'One layer 2 part of a network that has several.',
  support: { status: 'SUPPORTED', since: '9.0.0' },
  service: 'neutron',
  extension: 'segment',
  properties: {
    ...named,
    network: p.string('Name or id of the network.', { required: true, constraints: [c.custom('neutron.network')] }),
    network_type: p.string('How its packets travel.', { required: true, constraints: [c.oneOf(...NETWORK_TYPES)] }),
    physical_network: p.string('Name of the physical network; needed with flat and vlan, not allowed with vxlan, gre and geneve.'),
    segmentation_id: p.integer('Its number, such as the VLAN id; needed with vlan, not allowed with local and flat.', {
      constraints: [c.range(1, null)],
    }),
  },
  attributes: {},
  validate: segmentProblems,
});

interface Place {
  readonly network_type?: string;
  readonly physical_network?: string | null;
  readonly segmentation_id?: number | null;
}

function segmentProblems({ network_type: type, physical_network: network, segmentation_id: id }: Place): readonly string[] {
  if (type === undefined) return [];
  const isVlan = type === 'vlan';
  if ((isVlan || type === 'flat') && network === null) return [needed('physical_network', type)];
  if (isVlan && id === null) return [needed('segmentation_id', type)];
  if ((type === 'local' || type === 'flat') && isGiven(id)) return [prohibited('segmentation_id', type)];
  if (['vxlan', 'gre', 'geneve'].includes(type) && isGiven(network)) return [prohibited('physical_network', type)];
  return isVlan && typeof id === 'number' && id > MOST_VLANS
    ? [`Up to ${MOST_VLANS} VLAN network segments can exist on each physical_network.`]
    : [];
}
const MOST_VLANS = 4094;
const needed = (name: string, type: string): string => `${name} is required for ${type} provider network.`;
const prohibited = (name: string, type: string): string => `${name} is prohibited for ${type} provider network.`;
