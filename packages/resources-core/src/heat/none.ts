/** `OS::Heat::None`: stands in for any type: takes every property, makes nothing, and every attribute is null. */
import { done, resourceTypes } from '@hearth/resource-kit';

export const none = resourceTypes<unknown>()({
  name: 'OS::Heat::None',
  doc: 'A resource that does nothing. An environment can map another type to it to switch resources off.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  virtual: true,
  acceptsAnything: true,
  templateName: 'NoneResource',
  properties: {},
  attributes: {},
  examples: [{ name: 'anything', props: { whatever: [1, 2] } }],
  find: async () => [],
  create: async ({ physicalName }) => done({ physicalId: physicalName }),
  delete: async () => done(),
  observe: async () => ({}),
});
