/** `OS::Neutron::PortPair`: one service function: the port where packets go in and the port where they come out (SFC). */
import { c, declaredType, p } from '@hearth/resource-kit';
import { named } from './common-properties.ts';

export const neutronPortPair = declaredType({
  name: 'OS::Neutron::PortPair',
  doc: 'One service function: the port where packets go in and the port where they come out (SFC).',
  support: { status: 'UNSUPPORTED', since: '7.0.0' },
  service: 'neutron',
  properties: {
    ...named,
    egress: p.string('Name or id of the port where packets come out.', { required: true, constraints: [c.custom('neutron.port')] }),
    ingress: p.string('Name or id of the port where packets go in.', { required: true, constraints: [c.custom('neutron.port')] }),
    service_function_parameters: p.map('What the function understands of how packets are marked.', { default: { correlation: null } }),
  },
  attributes: {},
});
