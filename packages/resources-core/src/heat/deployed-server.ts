/** `OS::Heat::DeployedServer`: a machine that is there already and takes deployments like a server. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const deployedServer = declaredType({
  name: 'OS::Heat::DeployedServer',
  doc: 'A machine that nobody needs to make: only its deployments are looked after.',
  support: { status: 'SUPPORTED', since: null },
  service: 'heat',
  canSnapshot: true,
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    metadata: p.map('Ignored.', { updatable: true, support: { status: 'DEPRECATED', since: '9.0.0', message: 'it is ignored' } }),
    software_config_transport: p.string('How the machine fetches its software configuration.', {
      updatable: true,
      default: 'POLL_SERVER_CFN',
      constraints: [c.oneOf('POLL_SERVER_CFN', 'POLL_SERVER_HEAT', 'POLL_TEMP_URL', 'ZAQAR_MESSAGE')],
    }),
    deployment_swift_data: p.mapOf({
      container: p.string('Container.', { constraints: [c.length(1, null)] }),
      object: p.string('Object.', { constraints: [c.length(1, null)] }),
    })('Where in Swift the software configuration lies, with POLL_TEMP_URL.', { updatable: true, default: {} }),
  },
  attributes: {
    name: a.string('The name.'),
    os_collect_config: a.map('What the os-collect-config of the machine is told.', { cache: 'live' }),
  },
});
