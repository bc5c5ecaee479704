/** `OS::Neutron::PortPairGroup`: equal service functions that share the packets (SFC). */
import { c, declaredType, p } from '@hearth/resource-kit';
import { named } from './common-properties.ts';

export const neutronPortPairGroup = declaredType({
  name: 'OS::Neutron::PortPairGroup',
  doc: 'Equal service functions that share the packets (SFC).',
  support: { status: 'UNSUPPORTED', since: '8.0.0' },
  service: 'neutron',
  extension: 'sfc',
  properties: {
    ...named,
    port_pairs: p.listOf(p.string('A port pair.', { constraints: [c.custom('neutron.port_pair')] }))('Names or ids of the port pairs.', {
      required: true,
      updatable: true,
    }),
  },
  attributes: {},
});
