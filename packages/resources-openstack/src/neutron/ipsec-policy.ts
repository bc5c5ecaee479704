/** `OS::Neutron::IPsecPolicy`: how the packets of a VPN are protected (IPsec, phase 2). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { named, toldNames } from './common-properties.ts';
import { keyProperties, toldKeys } from './vpn-properties.ts';

export const neutronIpsecPolicy = declaredType({
  name: 'OS::Neutron::IPsecPolicy',
  doc: 'How the packets of a VPN are protected (IPsec, phase 2).',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  extension: 'vpnaas',
  properties: {
    ...named,
    auth_algorithm: p.string('Hash that proves who sent what.', { default: 'sha1', constraints: [c.oneOf('sha1')] }),
    encapsulation_mode: p.string('Whether whole packets are wrapped (tunnel) or their contents only (transport).', {
      default: 'tunnel',
      constraints: [c.oneOf('tunnel', 'transport')],
    }),
    ...keyProperties({ updatable: false }),
    transform_protocol: p.string('Protocol of the packets.', { default: 'esp', constraints: [c.oneOf('esp', 'ah', 'ah-esp')] }),
  },
  attributes: {
    ...toldNames,
    ...toldKeys,
    encapsulation_mode: a.string('What of a packet is wrapped.'),
    transform_protocol: a.string('Protocol of the packets.'),
  },
});
