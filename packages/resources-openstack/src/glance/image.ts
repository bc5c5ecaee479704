/** `OS::Glance::Image`: an image whose data lie at a URL, in a way that the image service has given up. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { formatProblems, imageSchemas } from './image-schemas.ts';

export const glanceImage = declaredType({
  name: 'OS::Glance::Image',
  doc: 'An image whose data lie at a URL. OS::Glance::WebImage has taken its place.',
  support: {
    status: 'DEPRECATED',
    since: '8.0.0',
    message: 'the image service has given up this way of making images: use OS::Glance::WebImage',
    previous: { status: 'SUPPORTED', since: '2014.2' },
  },
  service: 'glance',
  properties: {
    ...imageSchemas,
    is_public: p.boolean('Whether every project sees it; for administrators.', { default: false }),
    protected: p.boolean('Whether it cannot be deleted.', { default: false }),
    disk_format: p.string('Format of the disk.', {
      required: true,
      constraints: [c.oneOf('ami', 'ari', 'aki', 'vhd', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso')],
    }),
    container_format: p.string('What the disk is wrapped in.', {
      required: true,
      constraints: [c.oneOf('ami', 'ari', 'aki', 'bare', 'ova', 'ovf')],
    }),
    location: p.string('URL of the data; the image service must be able to reach it.', { required: true }),
  },
  attributes: {},
  validate: formatProblems,
});
