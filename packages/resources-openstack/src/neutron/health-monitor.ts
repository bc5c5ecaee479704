/** `OS::Neutron::HealthMonitor`: how the servers of a load balancer's pool are looked at (LBaaS version 1, gone from OpenStack). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { toldNames } from './common-properties.ts';

export const neutronHealthMonitor = declaredType({
  name: 'OS::Neutron::HealthMonitor',
  doc: "How the servers of a load balancer's pool are looked at (LBaaS version 1, gone from OpenStack).",
  support: { status: 'HIDDEN', since: '9.0.0', previous: { status: 'DEPRECATED', since: '7.0.0' } },
  service: 'neutron',
  extension: 'lbaas',
  properties: {
    admin_state_up: p.boolean('Whether it looks.', { updatable: true, default: true }),
    delay: p.integer('Milliseconds between two looks.', { required: true, updatable: true }),
    expected_codes: p.string('Status codes of good answers: one, several with commas, or a range.', { updatable: true }),
    http_method: p.string('Method of the request.', { updatable: true }),
    max_retries: p.integer('Failed looks before a server gets no more connections.', { required: true, updatable: true }),
    timeout: p.integer('Milliseconds to wait for an answer.', { required: true, updatable: true }),
    type: p.string('How it looks.', { required: true, constraints: [c.oneOf('PING', 'TCP', 'HTTP', 'HTTPS')] }),
    url_path: p.string('Path of the request.', { updatable: true }),
  },
  attributes: {
    admin_state_up: a.string('Whether it looks.'),
    delay: a.string('Milliseconds between two looks.'),
    expected_codes: a.list('Status codes of good answers.'),
    http_method: a.string('Method of the request.'),
    max_retries: a.string('Failed looks before a server gets no more connections.'),
    tenant_id: toldNames.tenant_id,
    timeout: a.string('Milliseconds to wait for an answer.'),
    type: a.string('How it looks.'),
    url_path: a.string('Path of the request.'),
  },
});
