/** `OS::Zun::Container`: a container on its own. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { containerProblems } from './container-rules.ts';

export const zunContainer = declaredType({
  name: 'OS::Zun::Container',
  doc: 'A container on its own.',
  support: { status: 'SUPPORTED', since: '9.0.0' },
  service: 'zun',
  properties: {
    command: p.string('What is run, instead of what the image says.'),
    cpu: p.number('How many processors it may use.', { updatable: true }),
    environment: p.map('Environment variables, by name.'),
    hints: p.map('Hints for the scheduler, by name.'),
    hostname: p.string('Name the container has for itself.'),
    image: p.string('Name of the image.', { required: true }),
    image_driver: p.string('Where the image comes from.', { constraints: [c.oneOf('docker', 'glance')] }),
    image_pull_policy: p.string('When the image is fetched.', { constraints: [c.oneOf('ifnotpresent', 'always', 'never')] }),
    interactive: p.boolean('Whether its standard input stays open.'),
    labels: p.map('Labels, by name.'),
    memory: p.integer('How much memory it may use, in MB.', { updatable: true }),
    mounts: p.listOf(
      p.mapOf({
        mount_path: p.string('Where in the container.', { required: true }),
        volume_id: p.string('Name or id of the volume.', { constraints: [c.custom('cinder.volume')] }),
        volume_size: p.integer('Size in GB of a volume that is made for it.'),
      })('One volume.'),
    )('Volumes in the container.'),
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    networks: p.listOf(
      p.mapOf({
        fixed_ip: p.string('The address.', { constraints: [c.custom('ip_addr')] }),
        network: p.string('Name or id of the network.', { constraints: [c.custom('neutron.network')] }),
        port: p.string('Name or id of the port.', { constraints: [c.custom('neutron.port')] }),
      })('One network card.'),
    )('Networks and ports of the container.', { updatable: true }),
    restart_policy: p.string(
      'When it is started again: no, always, unless-stopped, on-failure, or on-failure with a colon and at most so many times.',
    ),
    security_groups: p.list('Names or ids of security groups.', { default: [] }),
    tty: p.boolean('Whether it gets a terminal.'),
    workdir: p.string('Folder that the command runs in.'),
  },
  attributes: {
    addresses: a.map('Addresses by network.'),
    name: a.string('The name.'),
  },
  validate: containerProblems,
});
