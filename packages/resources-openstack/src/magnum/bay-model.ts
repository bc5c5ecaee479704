/** `OS::Magnum::BayModel`: the old name of a cluster template. */
import { declaredType } from '@hearth/resource-kit';
import { templateProblems, templateProperties } from './template-properties.ts';

const message = 'Use OS::Magnum::ClusterTemplate instead.';

export const magnumBayModel = declaredType({
  name: 'OS::Magnum::BayModel',
  doc: 'What clusters that run containers are made from, by its old name.',
  support: {
    status: 'HIDDEN',
    since: '11.0.0',
    message,
    previous: { status: 'DEPRECATED', since: '9.0.0', message, previous: { status: 'SUPPORTED', since: '5.0.0' } },
  },
  service: 'magnum',
  properties: templateProperties,
  attributes: {},
  validate: templateProblems,
});
