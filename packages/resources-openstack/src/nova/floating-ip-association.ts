/** `OS::Nova::FloatingIPAssociation`: leads an address to a server; older than `OS::Neutron::FloatingIPAssociation`. */
import { c, declaredType, p } from '@hearth/resource-kit';

const MESSAGE = 'use OS::Neutron::FloatingIPAssociation';

export const novaFloatingIpAssociation = declaredType({
  name: 'OS::Nova::FloatingIPAssociation',
  doc: 'Leads an address to a server. OS::Neutron::FloatingIPAssociation has taken its place.',
  support: {
    status: 'HIDDEN',
    since: '11.0.0',
    message: MESSAGE,
    previous: { status: 'DEPRECATED', since: '9.0.0', message: MESSAGE, previous: { status: 'SUPPORTED', since: '2014.1' } },
  },
  service: 'nova',
  properties: {
    server_id: p.string('Name or id of the server.', { required: true, updatable: true, constraints: [c.custom('nova.server')] }),
    floating_ip: p.string('Id of the floating IP.', { required: true, updatable: true }),
  },
  attributes: {},
});
