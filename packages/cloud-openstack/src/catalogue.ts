/** Finding a service's address in Keystone's catalogue: by type and its older names, interface and region. Pure. */
import { isJsonArray, isJsonObject, type Json } from '@hearth/kernel';

export type ServiceType =
  | 'identity'
  | 'compute'
  | 'network'
  | 'image'
  | 'block-storage'
  | 'object-store'
  | 'load-balancer'
  | 'orchestration'
  | 'cloudformation'
  | PlainServiceType;
/** Services that are only looked at: they have no client of their own. */
type PlainServiceType =
  | 'alarm'
  | 'application-container'
  | 'baremetal'
  | 'clustering'
  | 'container-infra'
  | 'data-processing'
  | 'database'
  | 'dns'
  | 'key-manager'
  | 'message'
  | 'monitoring'
  | 'reservation'
  | 'root-cause-analysis'
  | 'shared-file-system'
  | 'workflow';

/** The official type first, then names that catalogues in the field still use. */
const ALIASES: Readonly<Record<ServiceType, readonly string[]>> = {
  identity: ['identity'],
  compute: ['compute'],
  network: ['network'],
  image: ['image'],
  'block-storage': ['block-storage', 'volumev3', 'block-store', 'volume'],
  'object-store': ['object-store'],
  'load-balancer': ['load-balancer', 'octavia'],
  orchestration: ['orchestration'],
  cloudformation: ['cloudformation'],
  alarm: ['alarm', 'alarming'],
  'application-container': ['application-container', 'container'],
  baremetal: ['baremetal', 'bare-metal'],
  clustering: ['clustering', 'resource-cluster'],
  'container-infra': ['container-infra', 'container-infrastructure-management', 'container-infrastructure'],
  'data-processing': ['data-processing'],
  database: ['database'],
  dns: ['dns'],
  'key-manager': ['key-manager'],
  message: ['message', 'messaging'],
  monitoring: ['monitoring'],
  reservation: ['reservation'],
  'root-cause-analysis': ['root-cause-analysis', 'rca'],
  'shared-file-system': ['shared-file-system', 'sharev2', 'shared-file-systems'],
  workflow: ['workflow', 'workflowv2'],
};
/** Catalogues often give the unversioned root. */
const VERSION: Partial<Readonly<Record<ServiceType, { readonly suffix: string; readonly present: RegExp }>>> = {
  identity: { suffix: '/v3', present: /\/v3$/ },
  network: { suffix: '/v2.0', present: /\/v2\.0$/ },
  image: { suffix: '/v2', present: /\/v2(\.\d+)?$/ },
  'load-balancer': { suffix: '/v2.0', present: /\/v2(\.\d+)?$/ },
  compute: { suffix: '/v2.1', present: /\/v2(\.1)?(\/[0-9a-f-]+)?$/ },
  'key-manager': { suffix: '/v1', present: /\/v1$/ },
  dns: { suffix: '/v2', present: /\/v2$/ },
  baremetal: { suffix: '/v1', present: /\/v1$/ },
  clustering: { suffix: '/v1', present: /\/v1$/ },
  'container-infra': { suffix: '/v1', present: /\/v1$/ },
  monitoring: { suffix: '/v2.0', present: /\/v2\.0$/ },
  reservation: { suffix: '/v1', present: /\/v1$/ },
  workflow: { suffix: '/v2', present: /\/v2$/ },
};

export interface EndpointWish {
  readonly service: ServiceType;
  readonly interface: 'public' | 'internal' | 'admin';
  /** Null: any. */
  readonly region: string | null;
}

/** The service's versioned base URL, without a slash at the end; null when the catalogue has none. */
export function endpointOf(catalog: readonly Json[], wish: EndpointWish): string | null {
  for (const alias of ALIASES[wish.service]) {
    for (const entry of catalog) {
      if (!isJsonObject(entry) || entry.type !== alias || !isJsonArray(entry.endpoints)) continue;
      for (const endpoint of entry.endpoints) {
        if (!isJsonObject(endpoint) || endpoint.interface !== wish.interface || typeof endpoint.url !== 'string') continue;
        if (wish.region === null || endpoint.region_id === wish.region || endpoint.region === wish.region)
          return versioned(wish.service, endpoint.url);
      }
    }
  }
  return null;
}

export function versioned(service: ServiceType, url: string): string {
  const base = url.replace(/\/+$/, '');
  const version = VERSION[service];
  return version === undefined || version.present.test(base) ? base : `${base}${version.suffix}`;
}
