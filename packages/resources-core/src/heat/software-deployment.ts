/** `OS::Heat::SoftwareDeployment`: a config, applied to a server with values of its inputs. */
import { declaredType } from '@hearth/resource-kit';
import { undeployable } from './deployable-server.ts';
import { told, toServer } from './deployment-schemas.ts';

export const softwareDeployment = declaredType({
  name: 'OS::Heat::SoftwareDeployment',
  doc: 'Applies a config to a server and waits until the server says that it is done.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'heat',
  hasOpenAttributes: true,
  properties: toServer,
  attributes: told,
  validateAmong: undeployable,
});
