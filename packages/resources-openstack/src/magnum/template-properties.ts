/** What a cluster template says, by its name of today and by its old one; and which volume driver goes with which orchestrator. */
import { c, p } from '@hearth/resource-kit';

const flavor = c.custom('nova.flavor');
const network = c.custom('neutron.network');

export const templateProperties = {
  coe: p.string('What runs the containers.', { required: true, constraints: [c.oneOf('kubernetes', 'swarm', 'mesos')] }),
  dns_nameserver: p.string('Address of the name server that the machines use.', { constraints: [c.custom('ip_addr')] }),
  docker_storage_driver: p.string('How the container software keeps the file systems of containers.', {
    default: 'devicemapper',
    constraints: [c.oneOf('devicemapper', 'overlay')],
  }),
  docker_volume_size: p.integer('Size in GB of the volume that each machine keeps images and containers on.', {
    constraints: [c.range(1, null)],
  }),
  external_network: p.string('Name or id of the network that leads outside.', { required: true, constraints: [network] }),
  fixed_network: p.string('Name or id of the network of the machines; one is made if absent.', { constraints: [network] }),
  fixed_subnet: p.string('Name or id of the subnet of the machines; one is made if absent.', {
    constraints: [c.custom('neutron.subnet')],
  }),
  flavor: p.string('Name or id of the flavor of the machines that run containers.', { constraints: [flavor] }),
  floating_ip_enabled: p.boolean('Whether every machine gets a floating IP.', { default: true }),
  http_proxy: p.string('Proxy that the machines use for http.'),
  https_proxy: p.string('Proxy that the machines use for https.'),
  image: p.string('Name or id of the image of the machines.', { required: true, constraints: [c.custom('glance.image')] }),
  keypair: p.string('Name of the key pair that may log in.', { constraints: [c.custom('nova.keypair')] }),
  labels: p.map('Further settings, by name; each orchestrator has its own.'),
  master_flavor: p.string('Name or id of the flavor of the machines that lead the cluster.', { constraints: [flavor] }),
  master_lb_enabled: p.boolean('Whether a load balancer stands before the machines that lead the cluster.', { default: true }),
  name: p.string('The name; one is made up if there is none.'),
  network_driver: p.string('How containers are connected; the service chooses what suits `coe` if absent.'),
  no_proxy: p.string('Addresses that are reached without a proxy, with commas between them.'),
  public: p.boolean('Whether all projects may use it; for administrators.', { default: false, updatable: true }),
  registry_enabled: p.boolean('Whether the cluster has a registry of images of its own.', { default: false }),
  server_type: p.string('Whether the machines are virtual (vm) or physical (bm).', {
    default: 'vm',
    constraints: [c.oneOf('vm', 'bm')],
  }),
  tls_disabled: p.boolean("Whether the cluster's own API goes without encryption.", { default: false }),
  volume_driver: p.string('How containers get volumes: cinder with kubernetes, rexray with the others.', {
    constraints: [c.oneOf('cinder', 'rexray')],
  }),
};

const VOLUME_DRIVER: Readonly<Record<string, string>> = { kubernetes: 'cinder', swarm: 'rexray', mesos: 'rexray' };

export function templateProblems({ coe, volume_driver: driver }: { readonly coe?: string; readonly volume_driver?: string | null }) {
  if (coe === undefined || driver === undefined || driver === null || VOLUME_DRIVER[coe] === driver) return [];
  return [`Volume driver type ${driver} is not supported by COE:${coe}, expecting a ['${VOLUME_DRIVER[coe]}'] volume driver.`];
}
