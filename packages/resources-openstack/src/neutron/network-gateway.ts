/** `OS::Neutron::NetworkGateway`: a gateway between virtual networks and physical ones, made of devices. */
import { isJsonArray, type Json } from '@hearth/kernel';
import { a, c, declaredType, p, isFilled } from '@hearth/resource-kit';
import { named } from './common-properties.ts';

/** Heat shows an empty map as the default of this list. */
const NO_CONNECTIONS = {} as unknown as readonly Json[];

export const neutronNetworkGateway = declaredType({
  name: 'OS::Neutron::NetworkGateway',
  doc: 'A gateway between virtual networks and physical ones, made of devices.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'neutron',
  properties: {
    connections: p.listOf(
      p.mapOf({
        network: p.string('Name or id of the network.', {
          required: true,
          constraints: [c.custom('neutron.network')],
          translatedFrom: ['network_id'],
        }),
        network_id: p.string('Older name of `network`.', { constraints: [c.custom('neutron.network')] }),
        segmentation_id: p.integer('VLAN id outside; needed with vlan, and only there.', { constraints: [c.range(0, 4094)] }),
        segmentation_type: p.string("How the network's packets are marked outside.", {
          default: 'flat',
          constraints: [c.oneOf('flat', 'vlan')],
        }),
      })(''),
    )('The networks that are connected.', { updatable: true, default: NO_CONNECTIONS }),
    devices: p.listOf(
      p.mapOf({
        id: p.string('Id of the device.', { required: true }),
        interface_name: p.string('Interface of the device.', { required: true }),
      })(''),
    )('The devices; changing them makes the gateway anew.', { required: true, updatable: true, constraints: [c.length(1, null)] }),
    name: named.name,
  },
  attributes: {
    default: a.string('Whether it is the default gateway.'),
  },
  validate({ connections }) {
    const known = isJsonArray(connections) ? connections : [];
    for (const connection of known) {
      const { segmentation_type: type, segmentation_id: id } = connection ?? {};
      if (type === 'vlan' && id === null) return ['segmentation_id must be specified for using vlan'];
      if (type === 'flat' && isFilled(id)) return ['segmentation_id cannot be specified except 0 for using flat'];
    }
    return [];
  },
});
