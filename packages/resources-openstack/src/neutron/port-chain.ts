/** `OS::Neutron::PortChain`: service functions that classified packets pass, one after the other (SFC). */
import { c, declaredType, p } from '@hearth/resource-kit';
import { named } from './common-properties.ts';

export const neutronPortChain = declaredType({
  name: 'OS::Neutron::PortChain',
  doc: 'Service functions that classified packets pass, one after the other (SFC).',
  support: { status: 'UNSUPPORTED', since: '8.0.0' },
  service: 'neutron',
  extension: 'sfc',
  properties: {
    ...named,
    chain_parameters: p.map('How packets are marked on their way.', { default: { correlation: 'mpls' } }),
    flow_classifiers: p.listOf(p.string('A flow classifier.', { constraints: [c.custom('neutron.flow_classifier')] }))(
      'Names or ids of the classifiers that choose the packets.',
      { updatable: true, default: [] },
    ),
    port_pair_groups: p.listOf(p.string('A port pair group.', { constraints: [c.custom('neutron.port_pair_group')] }))(
      'Names or ids of the groups, in the order in which packets pass them.',
      { required: true, updatable: true },
    ),
  },
  attributes: {},
});
