/** `OS::Neutron::IKEPolicy`: how the two ends of a VPN agree on their keys (IKE, phase 1). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { named, toldNames } from './common-properties.ts';
import { keyProperties, toldKeys } from './vpn-properties.ts';

export const neutronIkePolicy = declaredType({
  name: 'OS::Neutron::IKEPolicy',
  doc: 'How the two ends of a VPN agree on their keys (IKE, phase 1).',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  extension: 'vpnaas',
  properties: {
    ...named,
    auth_algorithm: p.string('Hash that proves who sent what.', {
      updatable: true,
      default: 'sha1',
      constraints: [c.oneOf('sha1', 'sha256', 'sha384', 'sha512')],
    }),
    ike_version: p.string('Version of the protocol.', { updatable: true, default: 'v1', constraints: [c.oneOf('v1', 'v2')] }),
    ...keyProperties({ updatable: true }),
    phase1_negotiation_mode: p.string('How phase 1 is gone through.', { default: 'main', constraints: [c.oneOf('main')] }),
  },
  attributes: {
    ...toldNames,
    ...toldKeys,
    ike_version: a.string('Version of the protocol.'),
    phase1_negotiation_mode: a.string('How phase 1 is gone through.'),
  },
});
