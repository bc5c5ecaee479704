/** `OS::Heat::None`: stands in for any type: takes every property, makes nothing, and every attribute is null. */
import { placeholderType } from '@hearth/resource-kit';

export const none = placeholderType({
  name: 'OS::Heat::None',
  doc: 'A resource that does nothing. An environment can map another type to it to switch resources off.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  templateName: 'NoneResource',
});
