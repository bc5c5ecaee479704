/** `OS::Trove::Instance`: a database server. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { networks } from './instance-networks.ts';
import { instanceProblems } from './instance-rules.ts';

/** Of users' names and passwords. */
const WORD = c.pattern('[a-zA-Z0-9_]+[a-zA-Z0-9_@?#\\s]*[a-zA-Z0-9_]+');

export const troveInstance = declaredType({
  name: 'OS::Trove::Instance',
  doc: 'A database server, with its databases and users.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'trove',
  properties: {
    availability_zone: p.string('Availability zone of the server.'),
    databases: p.listOf(
      p.mapOf({
        character_set: p.string('Character set of its texts.', { default: 'utf8' }),
        collate: p.string('How its texts are compared and sorted.', { default: 'utf8_general_ci' }),
        name: p.string('The name.', {
          required: true,
          constraints: [c.length(null, 64), c.pattern('[a-zA-Z0-9_\\-]+[a-zA-Z0-9_@?#\\s\\-]*[a-zA-Z0-9_\\-]+')],
        }),
      })('One database.'),
    )('Databases; needed where there are users.', { default: [], updatable: true }),
    datastore_type: p.string('Which database software, such as mysql; the service chooses if absent.', {
      constraints: [c.length(null, 255)],
    }),
    datastore_version: p.string('Version of the database software; needs `datastore_type`.', { constraints: [c.length(null, 255)] }),
    flavor: p.string('Name or id of the flavor.', { required: true, updatable: true, constraints: [c.custom('trove.flavor')] }),
    name: p.string('The name; one is made up if there is none.', { updatable: true, constraints: [c.length(null, 255)] }),
    networks,
    replica_count: p.integer('How many copies of `replica_of` are made.'),
    replica_of: p.string('Id of the server that it is a copy of.'),
    restore_point: p.string('Id of the backup that it begins with.'),
    size: p.integer('Size of its disk in GB; it can grow.', { required: true, updatable: true, constraints: [c.range(1, 150)] }),
    users: p.listOf(
      p.mapOf({
        databases: p.listOf(p.string('One database.'))('Names of the databases that the user may use.', {
          required: true,
          updatable: true,
          constraints: [c.length(1, null)],
        }),
        host: p.string('Where the user may come from; % stands for anywhere.', { default: '%', updatable: true }),
        name: p.string('The name.', { required: true, updatable: true, constraints: [c.length(null, 16), WORD] }),
        password: p.string('The password.', { required: true, updatable: true, secret: true, constraints: [WORD] }),
      })('One user.'),
    )('Users of the databases.', { default: [], updatable: true }),
  },
  attributes: {
    hostname: a.string('Name that it is reached by.'),
    href: a.string('Address of the server in the API.'),
  },
  validate: instanceProblems,
});
