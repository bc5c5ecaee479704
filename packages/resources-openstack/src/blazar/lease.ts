/** `OS::Blazar::Lease`: hosts or room for servers, reserved for a span of time. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

const MOMENT = c.pattern('\\d{4}-\\d{2}-\\d{2}\\s\\d{2}:\\d{2}');
const moment = <const O extends { readonly required?: true }>(doc: string, options: O) =>
  p.string(`${doc}, as 2026-01-31 12:00 in UTC.`, { ...options, constraints: [MOMENT] });
const amount = (doc: string) => p.integer(`${doc}. For virtual:instance.`, { constraints: [c.range(0, 2147483647)] });

export const blazarLease = declaredType({
  name: 'OS::Blazar::Lease',
  doc: 'Hosts or room for servers, reserved for a span of time.',
  support: { status: 'SUPPORTED', since: '12.0.0' },
  service: 'blazar',
  properties: {
    before_end_date: moment('When the last warning before the end comes', {}),
    end_date: moment('When the lease ends', { required: true }),
    events: p.listOf(
      p.mapOf({
        event_type: p.string('What happens, such as before_end_lease.', { required: true }),
        time: p.string('When it happens.', { required: true }),
      })('One event.'),
    )('What happens at which time.', { default: [] }),
    name: p.string('The name.', { required: true }),
    reservations: p.listOf(
      p.mapOf({
        affinity: p.boolean('Whether the servers run on one host. For virtual:instance.', { default: false }),
        amount: amount('How many servers'),
        before_end: p.string('What is done with the servers before the end. For physical:host.', {
          default: 'default',
          constraints: [c.oneOf('default', 'snapshot')],
        }),
        disk_gb: amount('Disk of each server in GB'),
        hypervisor_properties: p.string('What hypervisors must have, as an expression in JSON. For physical:host.'),
        max: p.integer('At most so many hosts. For physical:host.', { constraints: [c.range(1, null)] }),
        memory_mb: amount('Memory of each server in MB'),
        min: p.integer('At least so many hosts. For physical:host.', { constraints: [c.range(1, null)] }),
        resource_properties: p.string('What hosts must have, as an expression in JSON.'),
        resource_type: p.string('Whether room for servers or whole hosts are reserved.', {
          required: true,
          constraints: [c.oneOf('virtual:instance', 'physical:host')],
        }),
        vcpus: amount('Virtual processors of each server'),
      })('One reservation.'),
    )('What is reserved.', { required: true }),
    start_date: moment('When the lease begins', { required: true }),
  },
  attributes: {
    created_at: a.string('When it was made.'),
    degraded: a.boolean('Whether something of it can no longer be given.'),
    end_date: a.string('When it ends.'),
    events: a.list('What happens at which time.'),
    name: a.string('The name.'),
    project_id: a.string('Id of the project it belongs to.'),
    reservations: a.list('What is reserved, with ids; the id of a reservation goes to servers as a hint.'),
    start_date: a.string('When it begins.'),
    status: a.string('Its state, such as PENDING or ACTIVE.'),
    trust_id: a.string('Id of the trust that the reservation service acts by.'),
    updated_at: a.string('When it was last changed.'),
    user_id: a.string('Id of the user who made it.'),
  },
});
