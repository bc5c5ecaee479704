/** `OS::Neutron::Pool`: servers that share the connections to an address (LBaaS version 1, gone from OpenStack). */
import { a, c, declaredType, p, isEmpty } from '@hearth/resource-kit';
import { persistenceFields } from '../octavia/balancing-properties.ts';
import { named, toldNames } from './common-properties.ts';

export const neutronPool = declaredType({
  name: 'OS::Neutron::Pool',
  doc: 'Servers that share the connections to an address (LBaaS version 1, gone from OpenStack).',
  support: { status: 'HIDDEN', since: '9.0.0', previous: { status: 'DEPRECATED', since: '7.0.0' } },
  service: 'neutron',
  extension: 'lbaas',
  properties: {
    admin_state_up: p.boolean('Whether connections go to it.', { updatable: true, default: true }),
    description: named.description,
    lb_method: p.string('How connections are spread.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP')],
    }),
    monitors: p.list('Ids of the health monitors that look at its servers.', { updatable: true, default: [] }),
    name: p.string('The name; one is made up if there is none.'),
    protocol: p.string('The protocol.', { required: true, constraints: [c.oneOf('TCP', 'HTTP', 'HTTPS')] }),
    provider: p.string('Who provides the load balancer; the cloud chooses if nothing is said.', {
      constraints: [c.custom('neutron.lb.provider')],
    }),
    subnet: p.string('Name or id of the subnet of the servers.', {
      required: true,
      constraints: [c.custom('neutron.subnet')],
      translatedFrom: ['subnet_id'],
    }),
    vip: p.mapOf({
      address: p.string('The address; one is chosen if nothing is said.', { constraints: [c.custom('ip_addr')] }),
      admin_state_up: p.boolean('Whether it takes connections.', { default: true }),
      connection_limit: p.integer('How many connections it takes at once.'),
      description: p.string('Free text.'),
      name: p.string('The name; one is made up if there is none.'),
      protocol_port: p.integer('The port.', { required: true }),
      session_persistence: p.mapOf(persistenceFields)('How the connections of one session reach one server.'),
      subnet: p.string("Name or id of the subnet that the address is from; the servers' if nothing is said.", {
        constraints: [c.custom('neutron.subnet')],
      }),
    })('Address and port that connections come to.', { required: true }),
  },
  attributes: {
    ...toldNames,
    admin_state_up: a.string('Whether connections go to it.'),
    lb_method: a.string('How connections are spread.'),
    protocol: a.string('The protocol.'),
    provider: a.string('Who provides the load balancer.'),
    subnet_id: a.string('Id of the subnet of the servers.'),
    vip: a.map('Address and port that connections come to.'),
  },
  validate({ vip }) {
    const persistence = vip?.session_persistence;
    return persistence?.type === 'APP_COOKIE' && isEmpty(persistence.cookie_name)
      ? ['Property cookie_name is required, when session_persistence type is set to APP_COOKIE.']
      : [];
  },
});
