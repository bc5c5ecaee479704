/** `OS::Magnum::ClusterTemplate`: what clusters are made from. */
import { declaredType } from '@hearth/resource-kit';
import { templateProblems, templateProperties } from './template-properties.ts';

export const magnumClusterTemplate = declaredType({
  name: 'OS::Magnum::ClusterTemplate',
  doc: 'What clusters that run containers are made from.',
  support: { status: 'SUPPORTED', since: '9.0.0' },
  service: 'magnum',
  properties: templateProperties,
  attributes: {},
  validate: templateProblems,
});
