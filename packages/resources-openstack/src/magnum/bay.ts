/** `OS::Magnum::Bay`: a placeholder for a cluster by its old name. */
import { placeholderType } from '@hearth/resource-kit';

export const magnumBay = placeholderType({
  name: 'OS::Magnum::Bay',
  doc: 'A placeholder: it was a cluster by its old name, takes any property and makes nothing.',
  support: {
    status: 'HIDDEN',
    since: '11.0.0',
    message: 'Use OS::Magnum::Cluster instead.',
    previous: { status: 'DEPRECATED', since: '9.0.0', previous: { status: 'SUPPORTED', since: '6.0.0' } },
  },
});
