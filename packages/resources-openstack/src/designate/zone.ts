/** `OS::Designate::Zone`: a DNS zone: a name under which records are kept. */
import { a, c, declaredType, isEmpty, p } from '@hearth/resource-kit';

const PRIMARIES = 'Servers that the zone is copied from; needed where `type` is SECONDARY.';

export const designateZone = declaredType({
  name: 'OS::Designate::Zone',
  doc: 'A DNS zone: a name under which records are kept.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'designate',
  properties: {
    description: p.string('A text for people.', { updatable: true, constraints: [c.length(null, 160)] }),
    email: p.string('Who is responsible for the zone; needed where `type` is PRIMARY.', { updatable: true }),
    // The service calls it so, though the other name is the one to use.
    masters: p.list(PRIMARIES, {
      updatable: true,
      support: { status: 'DEPRECATED', since: '15.0.0', message: 'Use `primaries` instead.' },
      translatedFrom: ['primaries'],
    }),
    name: p.string('The name, with the dot at its end.', { required: true, constraints: [c.length(null, 255)] }),
    primaries: p.list(PRIMARIES, { updatable: true }),
    ttl: p.integer('How long others may remember records, in seconds; the service chooses if absent.', {
      updatable: true,
      constraints: [c.range(1, 2147483647)],
    }),
    type: p.string('PRIMARY: the records are kept here; SECONDARY: they are copied from other servers.', {
      default: 'PRIMARY',
      constraints: [c.oneOf('PRIMARY', 'SECONDARY')],
    }),
  },
  attributes: {
    serial: a.string("Number of the zone's current version."),
  },
  validate({ type, email, masters }) {
    if (type === 'PRIMARY' && isEmpty(email)) return ['Property email is required for zone type PRIMARY'];
    return type === 'SECONDARY' && isEmpty(masters) ? ['Property masters is required for zone type SECONDARY'] : [];
  },
});
