/** `OS::Designate::RecordSet`: records of one name and type in a DNS zone. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const designateRecordSet = declaredType({
  name: 'OS::Designate::RecordSet',
  doc: 'Records of one name and type in a DNS zone.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'designate',
  properties: {
    description: p.string('A text for people.', { updatable: true, constraints: [c.length(null, 160)] }),
    name: p.string('The name, with the dot at its end; one is made up if there is none.', { constraints: [c.length(null, 255)] }),
    records: p.list('Values of the records, such as addresses.', { required: true, updatable: true }),
    ttl: p.integer('How long others may remember the records, in seconds; that of the zone if absent.', {
      updatable: true,
      constraints: [c.range(1, 2147483647)],
    }),
    type: p.string('Type of the records.', {
      required: true,
      constraints: [c.oneOf('A', 'AAAA', 'CNAME', 'MX', 'SRV', 'TXT', 'SPF', 'NS', 'PTR', 'SSHFP', 'SOA')],
    }),
    zone: p.string('Name or id of the zone.', { required: true, constraints: [c.custom('designate.zone')] }),
  },
  attributes: {},
});
