/** `OS::Heat::StructuredDeploymentGroup`: a structured config for several servers; and its older name, `OS::Heat::StructuredDeployments`. */
import { declaredType } from '@hearth/resource-kit';
import { deploymentPolicy, replacedByGroup, structured, toldByServer, toServers } from './deployment-schemas.ts';

const group = {
  hasOpenAttributes: true,
  properties: { ...toServers, ...structured },
  attributes: toldByServer,
  updatePolicy: deploymentPolicy,
} as const;

export const structuredDeploymentGroup = declaredType({
  name: 'OS::Heat::StructuredDeploymentGroup',
  doc: 'Applies a structured config to several servers, all at once or in batches.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  ...group,
});

export const structuredDeployments = declaredType({
  name: 'OS::Heat::StructuredDeployments',
  doc: 'Older name of OS::Heat::StructuredDeploymentGroup.',
  support: replacedByGroup,
  ...group,
});
