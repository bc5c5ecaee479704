/** `OS::Sahara::ImageRegistry`: makes an image known to data processing. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const saharaImageRegistry = declaredType({
  name: 'OS::Sahara::ImageRegistry',
  doc: 'Makes an image known to data processing.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'sahara',
  properties: {
    description: p.string('A text for people.', { updatable: true, default: '' }),
    image: p.string('Name or id of the image.', { required: true, constraints: [c.custom('glance.image')] }),
    tags: p.listOf(p.string('One tag.'))('What the image holds: names of plugins and versions.', { updatable: true, default: [] }),
    username: p.string('User who may log in to machines of this image.', { required: true, updatable: true }),
  },
  attributes: {},
});
