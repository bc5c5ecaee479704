/** `OS::Blazar::Host`: a compute host that leases may reserve; for administrators. */
import { a, declaredType, p } from '@hearth/resource-kit';

export const blazarHost = declaredType({
  name: 'OS::Blazar::Host',
  doc: 'A compute host that leases may reserve; for administrators.',
  support: { status: 'SUPPORTED', since: '12.0.0' },
  service: 'blazar',
  properties: {
    extra_capability: p.map('What else the host can do, by name; reservations may ask for it.'),
    name: p.string('Name of the host in Nova.', { required: true }),
  },
  attributes: {
    cpu_info: a.map('What is known of its processors.'),
    created_at: a.string('When it was made reservable.'),
    extra_capability: a.map('What else the host can do, by name.'),
    hypervisor_hostname: a.string('Name of its hypervisor.'),
    hypervisor_type: a.string('Kind of its hypervisor.'),
    hypervisor_version: a.integer('Version of its hypervisor.'),
    local_gb: a.integer('Size of its disk in GB.'),
    memory_mb: a.integer('Size of its memory in MB.'),
    reservable: a.boolean('Whether it may be reserved at the moment.'),
    service_name: a.string('Name of its compute service.'),
    status: a.string('Its state in the reservation service.'),
    trust_id: a.string('Id of the trust that the reservation service acts by.'),
    updated_at: a.string('When it was last changed.'),
    vcpus: a.integer('How many virtual processors it has.'),
  },
});
