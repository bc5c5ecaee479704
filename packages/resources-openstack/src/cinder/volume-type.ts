/** `OS::Cinder::VolumeType`: a kind of volumes that users can choose. */
import { c, declaredType, isFilled, p } from '@hearth/resource-kit';

export const cinderVolumeType = declaredType({
  name: 'OS::Cinder::VolumeType',
  doc: 'A kind of volumes that users can choose; for administrators.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'cinder',
  extension: 'os-types-manage',
  properties: {
    name: p.string('The name.', { required: true, updatable: true }),
    metadata: p.map('What the storage must offer, by key.', { updatable: true }),
    is_public: p.boolean('Whether every project may use it.', { updatable: true, default: true }),
    description: p.string('Free text.', { updatable: true }),
    projects: p.listOf(p.string('Name or id of a project.', { constraints: [c.custom('keystone.project')] }))(
      'Projects that may use one that is not public.',
      { updatable: true, default: [] },
    ),
  },
  attributes: {},
  validate: ({ projects, is_public: isPublic }) =>
    isFilled(projects) && isPublic === true ? ['Can not specify property "projects" if the volume type is public.'] : [],
});
