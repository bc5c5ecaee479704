/** `OS::Neutron::MeteringLabel`: counts the bytes that pass the project's routers, for those ranges that its rules name; for administrators. */
import { a, declaredType, p } from '@hearth/resource-kit';
import { toldNames } from './common-properties.ts';

export const neutronMeteringLabel = declaredType({
  name: 'OS::Neutron::MeteringLabel',
  doc: "Counts the bytes that pass the project's routers, for those ranges that its rules name; for administrators.",
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'neutron',
  properties: {
    description: p.string('Free text.'),
    name: p.string('The name; one is made up if there is none.'),
    shared: p.boolean('Whether it counts for all projects.', { default: false }),
  },
  attributes: {
    description: toldNames.description,
    name: toldNames.name,
    shared: a.string('Whether it counts for all projects.'),
  },
});
