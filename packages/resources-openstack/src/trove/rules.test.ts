/** Which combinations the types of the database service refuse, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { troveCluster } from './cluster.ts';
import { troveInstance } from './instance.ts';

describe('a server', () => {
  const whole = { flavor: 'f', size: 1 };
  const rows: PropertyRows = [
    ['alone', {}],
    [
      'a user of its databases',
      { databases: [{ name: 'db1' }, { name: 'db2' }], users: [{ name: 'bob', password: 'word', databases: ['db2'] }] },
    ],
    [
      'a user without databases',
      { users: [{ name: 'bob', password: 'word', databases: ['db1'] }] },
      'Databases property is required if users property is provided.',
    ],
    [
      'a user of other databases',
      { databases: [{ name: 'db1' }], users: [{ name: 'bob', password: 'word', databases: ['db1', 'db2', 'db3'] }] },
      'Database db2, db3 specified for user does not exist in databases.',
    ],
    ['a user of databases not known yet', { databases: undefined, users: [{ name: 'bob', password: 'word', databases: ['db1'] }] }],
    [
      'a user of a database whose name is not known yet',
      { databases: [{ name: undefined }], users: [{ name: 'bob', password: 'word', databases: ['db1', undefined] }] },
    ],
    ['a version of a software', { datastore_type: 'mysql', datastore_version: '8.0' }],
    ['a version of nothing', { datastore_version: '8.0' }, 'Not allowed - datastore_version without datastore_type.'],
    ['a version of something not known yet', { datastore_type: undefined, datastore_version: '8.0' }],
    ['a network', { networks: [{ network: 'n', fixed_ip: '10.0.0.1' }] }],
    ['a network and a port', { networks: [{ network: 'n', port: 'p' }] }, 'Either network or port must be provided.'],
    ['neither network nor port', { networks: [{ fixed_ip: '10.0.0.1' }] }, 'Either network or port must be provided.'],
    ['a network, and a port not known yet', { networks: [{ network: 'n', port: undefined }, undefined] }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(troveInstance, { ...whole, ...given })).toEqual(messages));
});

describe('a cluster', () => {
  const whole = { datastore_type: 'mongodb', datastore_version: '2.6' };
  const rows: PropertyRows = [
    [
      'two servers',
      {
        instances: [
          { flavor: 'f', volume_size: 1, networks: [{ port: 'p' }] },
          { flavor: 'f', volume_size: 1 },
        ],
      },
    ],
    [
      'a server without network or port',
      { instances: [{ flavor: 'f', volume_size: 1, networks: [{}] }] },
      'Either network or port must be provided.',
    ],
    ['a version of nothing', { datastore_type: '', instances: [] }, 'Not allowed - datastore_version without datastore_type.'],
    ['servers not known yet', { instances: [undefined, { flavor: 'f', volume_size: 1, networks: undefined }] }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(troveCluster, { ...whole, ...given })).toEqual(messages));
});
