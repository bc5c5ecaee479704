/** `OS::Designate::Domain`: a placeholder for a DNS zone by its old name. */
import { placeholderType } from '@hearth/resource-kit';

export const designateDomain = placeholderType({
  name: 'OS::Designate::Domain',
  doc: 'A placeholder: it was a DNS zone by its old name, takes any property and makes nothing.',
  support: {
    status: 'HIDDEN',
    since: '10.0.0',
    message: 'Use OS::Designate::Zone instead.',
    previous: { status: 'DEPRECATED', since: '8.0.0', previous: { status: 'SUPPORTED', since: '5.0.0' } },
  },
});
