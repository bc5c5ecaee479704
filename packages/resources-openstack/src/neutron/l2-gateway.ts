/** `OS::Neutron::L2Gateway`: a gateway between virtual networks and hardware outside, by ports of switches. */
import { declaredType, p } from '@hearth/resource-kit';

export const neutronL2Gateway = declaredType({
  name: 'OS::Neutron::L2Gateway',
  doc: 'A gateway between virtual networks and hardware outside, by ports of switches.',
  support: { status: 'SUPPORTED', since: '12.0.0' },
  service: 'neutron',
  extension: 'l2-gateway',
  properties: {
    devices: p.listOf(
      p.mapOf({
        device_name: p.string('Name of the switch.', { required: true }),
        interfaces: p.listOf(
          p.mapOf({
            name: p.string('Name of the port.', { required: true }),
            segmentation_id: p.list('VLAN ids on the port.'),
          })(''),
        )('Its ports.', { required: true }),
      })(''),
    )('The switches.', { required: true, updatable: true }),
    name: p.string('The name.', { required: true, updatable: true }),
  },
  attributes: {},
});
