/** `OS::Neutron::TaaS::TapService`: a port that gets copies of the packets of other ports. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const neutronTaasTapService = declaredType({
  name: 'OS::Neutron::TaaS::TapService',
  doc: 'A port that gets copies of the packets of other ports.',
  support: { status: 'SUPPORTED', since: '12.0.0' },
  service: 'neutron',
  extension: 'taas',
  properties: {
    description: p.string('Free text.', { updatable: true, default: '' }),
    name: p.string('The name.', { updatable: true, default: '' }),
    port: p.string('Name or id of the port that gets the copies.', { required: true, constraints: [c.custom('neutron.port')] }),
  },
  attributes: {},
});
