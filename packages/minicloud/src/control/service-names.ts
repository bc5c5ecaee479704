/** The services as the control API names them, with every other name that they go by. */

/** Name → further names, the part of collection names before the dot (`nova.servers`), and what is addressed by id and has a name. */
const SERVICES = {
  identity: { also: ['keystone'], storage: 'keystone', named: ['domains', 'projects', 'users', 'groups', 'roles'] },
  image: { also: ['glance'], storage: 'glance', named: ['images'] },
  'object-store': { also: ['swift'], storage: 'swift', named: [] },
  network: {
    also: ['neutron'],
    storage: 'neutron',
    named: ['networks', 'subnets', 'ports', 'routers', 'floatingips', 'security_groups', 'subnetpools'],
  },
  compute: { also: ['nova'], storage: 'nova', named: ['servers', 'server_groups', 'flavors', 'aggregates'] },
  'load-balancer': {
    also: ['octavia'],
    storage: 'octavia',
    named: ['loadbalancers', 'listeners', 'pools', 'members', 'healthmonitors', 'l7policies'],
  },
  'block-storage': { also: ['cinder', 'volume', 'volumev3'], storage: 'cinder', named: ['volumes', 'snapshots', 'backups', 'types'] },
} as const;

export type CloudService = keyof typeof SERVICES;
export const CLOUD_SERVICES = Object.keys(SERVICES) as readonly CloudService[];

/** By any of its names; null: there is none of that name. */
export const serviceNamed = (name: string): CloudService | null =>
  CLOUD_SERVICES.find((service) => service === name || (SERVICES[service].also as readonly string[]).includes(name)) ?? null;

export const storageOf = (service: CloudService): string => SERVICES[service].storage;

/** The service that keeps a collection. */
export const serviceOfCollection = (collection: string): CloudService | null => {
  const [storage] = collection.split('.');
  return CLOUD_SERVICES.find((service) => SERVICES[service].storage === storage) ?? null;
};

/** Collections whose objects are addressed by their ids and have names. */
export const namedCollections = (service: CloudService): readonly string[] =>
  SERVICES[service].named.map((plural) => `${SERVICES[service].storage}.${plural}`);
