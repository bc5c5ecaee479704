/**
 * Whether the cloud has what a resource type needs, as a caller sees it: an endpoint of the service in the catalogue, and the service's
 * extension. Services go by the names that Heat gives their clients.
 */
import { messageOf, type Secret } from '@hearth/kernel';
import type { CallerCloud, CallerClouds, ExtendedService } from './caller-clouds.ts';
import type { ServiceType } from './catalogue.ts';

export interface ServiceWish {
  /** `nova`, `neutron` … */
  readonly service: string;
  readonly extension?: string;
}
export interface ServiceAvailability {
  /** One answer per wish, in order: null when it is there, else why not. Throws a `Failure` when the cloud cannot be asked at all. */
  available(caller: { readonly token: Secret }, wishes: readonly ServiceWish[]): Promise<readonly (string | null)[]>;
}

interface Place {
  readonly type: ServiceType;
  /** Another service whose endpoint will do. */
  readonly or?: ServiceType;
  /** The type that messages name. */
  readonly called?: string;
}
const PLACES: Readonly<Record<string, Place>> = {
  aodh: { type: 'alarm', called: 'alarming' },
  barbican: { type: 'key-manager' },
  blazar: { type: 'reservation' },
  cinder: { type: 'block-storage', called: 'volumev3' },
  designate: { type: 'dns' },
  glance: { type: 'image' },
  ironic: { type: 'baremetal' },
  keystone: { type: 'identity' },
  magnum: { type: 'container-infra' },
  manila: { type: 'shared-file-system', called: 'sharev2' },
  mistral: { type: 'workflow', called: 'workflowv2' },
  monasca: { type: 'monitoring' },
  neutron: { type: 'network' },
  nova: { type: 'compute' },
  octavia: { type: 'load-balancer' },
  openstack: { type: 'network' },
  sahara: { type: 'data-processing' },
  // Heat reaches it through a client that it shares with the network service, and looks for either.
  senlin: { type: 'clustering', or: 'network' },
  swift: { type: 'object-store' },
  trove: { type: 'database' },
  vitrage: { type: 'root-cause-analysis', called: 'rca' },
  zaqar: { type: 'message', called: 'messaging' },
  zun: { type: 'application-container', called: 'container' },
};
const EXTENDED: ReadonlySet<string> = new Set<ExtendedService>(['network', 'block-storage']);
const isExtended = (type: ServiceType): type is ExtendedService => EXTENDED.has(type);

export function createServiceAvailability(clouds: CallerClouds): ServiceAvailability {
  return {
    async available({ token }, wishes) {
      // What needs nothing outside is there even while the cloud is not.
      if (wishes.every(({ service }) => placeOf(service) === null)) return wishes.map(() => null);
      const caller = await clouds(token);
      return Promise.all(wishes.map((wish) => lack(caller, wish)));
    },
  };
}

/** Null: a service that lives here, or one that nobody looks for in a catalogue. */
const placeOf = (service: string): Place | null => (Object.hasOwn(PLACES, service) ? (PLACES[service] as Place) : null);

async function lack(caller: CallerCloud, { service, extension }: ServiceWish): Promise<string | null> {
  const place = placeOf(service);
  if (place === null) return null;
  const { type, or } = place;
  const isThere = async (one: ServiceType | undefined) => one !== undefined && (await caller.cloud.session.endpoint(one)) !== null;
  if (!(await isThere(type)) && !(await isThere(or))) return `${service} ${place.called ?? type} endpoint is not in service catalog.`;
  if (extension === undefined || !isExtended(type)) return null;
  try {
    const extensions = await caller.extensions(type);
    return extensions.has(extension) ? null : `Required extension ${extension} in ${service} service is not available.`;
  } catch (error) {
    return messageOf(error);
  }
}
