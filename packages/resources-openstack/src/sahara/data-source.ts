/** `OS::Sahara::DataSource`: where jobs read data, or write them. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { credentials, description, ownName } from './shared-properties.ts';

export const saharaDataSource = declaredType({
  name: 'OS::Sahara::DataSource',
  doc: 'Where jobs read data, or write them.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'sahara',
  properties: {
    credentials,
    description,
    name: ownName,
    type: p.string('What keeps the data.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf('swift', 'hdfs', 'maprfs', 'manila')],
    }),
    url: p.string('Where the data lie.', { required: true, updatable: true }),
  },
  attributes: {},
});
