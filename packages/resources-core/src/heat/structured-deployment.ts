/** `OS::Heat::StructuredDeployment`: a config that is a structure, applied to a server. */
import { declaredType } from '@hearth/resource-kit';
import { undeployable } from './deployable-server.ts';
import { structured, told, toServer } from './deployment-schemas.ts';

export const structuredDeployment = declaredType({
  name: 'OS::Heat::StructuredDeployment',
  doc: 'Applies a structured config to a server, with the values of the inputs put into the structure.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'heat',
  hasOpenAttributes: true,
  properties: { ...toServer, ...structured },
  attributes: told,
  validateAmong: undeployable,
});
