/** `OS::Neutron::TaaS::TapFlow`: copies what a port sends or receives to a tap service. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const neutronTaasTapFlow = declaredType({
  name: 'OS::Neutron::TaaS::TapFlow',
  doc: 'Copies what a port sends or receives to a tap service.',
  support: { status: 'SUPPORTED', since: '12.0.0' },
  service: 'neutron',
  extension: 'taas',
  properties: {
    description: p.string('Free text.', { updatable: true, default: '' }),
    direction: p.string('Which packets are copied: those that come in to the port, those that go out, or both.', {
      default: 'BOTH',
      constraints: [c.oneOf('IN', 'OUT', 'BOTH')],
    }),
    name: p.string('The name.', { updatable: true, default: '' }),
    port: p.string('Name or id of the port that is listened to.', { required: true, constraints: [c.custom('neutron.port')] }),
    tap_service: p.string('Name or id of the tap service.', { required: true, constraints: [c.custom('neutron.taas.tap_service')] }),
    vlan_filter: p.string('VLAN ids to copy, such as 1-5,9; all if there is none.', {
      constraints: [c.pattern('^([0-9]+(-[0-9]+)?)(,([0-9]+(-[0-9]+)?))*$')],
    }),
  },
  attributes: {},
});
