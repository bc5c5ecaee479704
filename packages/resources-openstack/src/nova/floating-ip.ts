/** `OS::Nova::FloatingIP`: an address that a server can be reached by; older than `OS::Neutron::FloatingIP`. */
import { a, declaredType, p } from '@hearth/resource-kit';

const MESSAGE = 'use OS::Neutron::FloatingIP';

export const novaFloatingIp = declaredType({
  name: 'OS::Nova::FloatingIP',
  doc: 'An address of a pool. OS::Neutron::FloatingIP has taken its place.',
  support: {
    status: 'HIDDEN',
    since: '11.0.0',
    message: MESSAGE,
    previous: { status: 'DEPRECATED', since: '9.0.0', message: MESSAGE, previous: { status: 'SUPPORTED', since: '2014.1' } },
  },
  properties: { pool: p.string('The pool: name or id of an external network. The default one unless given.') },
  attributes: {
    pool: a.string('The pool.'),
    ip: a.string('The address.'),
  },
});
