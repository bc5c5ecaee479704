/** `OS::Heat::SoftwareDeploymentGroup`: a config, applied to several servers; and its older name, `OS::Heat::SoftwareDeployments`. */
import { declaredType } from '@hearth/resource-kit';
import { deploymentPolicy, replacedByGroup, toldByServer, toServers } from './deployment-schemas.ts';

const group = {
  hasOpenAttributes: true,
  properties: toServers,
  attributes: toldByServer,
  updatePolicy: deploymentPolicy,
} as const;

export const softwareDeploymentGroup = declaredType({
  name: 'OS::Heat::SoftwareDeploymentGroup',
  doc: 'Applies a config to several servers, all at once or in batches.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  ...group,
});

export const softwareDeployments = declaredType({
  name: 'OS::Heat::SoftwareDeployments',
  doc: 'Older name of OS::Heat::SoftwareDeploymentGroup.',
  support: replacedByGroup,
  ...group,
});
