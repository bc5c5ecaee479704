/** `OS::Designate::Record`: a placeholder for one DNS record. */
import { placeholderType } from '@hearth/resource-kit';

export const designateRecord = placeholderType({
  name: 'OS::Designate::Record',
  doc: 'A placeholder: it was one DNS record, takes any property and makes nothing.',
  support: {
    status: 'HIDDEN',
    since: '10.0.0',
    message: 'Use OS::Designate::RecordSet instead.',
    previous: { status: 'DEPRECATED', since: '8.0.0', previous: { status: 'SUPPORTED', since: '5.0.0' } },
  },
});
