/** The service catalogue as tokens carry it: services with their endpoints, addresses filled in. */
import type { JsonObject } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import { CLOUD_URL, collections, type EndpointBody, type ServiceBody } from './state.ts';

/** The endpoint's address for a reader; null when it needs a project and there is none. */
export function endpointUrl(template: string, cloudUrl: string, projectId: string | null): string | null {
  const url = template.replace(CLOUD_URL, () => cloudUrl);
  const marks = /[$%]\((project_id|tenant_id)\)s/g;
  if (projectId === null) return marks.test(url) ? null : url;
  return url.replaceAll(marks, () => projectId);
}

export async function catalogFor(store: CloudStore, cloudUrl: string, projectId: string | null): Promise<readonly JsonObject[]> {
  const [services, endpoints] = await Promise.all([
    store.documents.list<ServiceBody>(collections.services),
    store.documents.list<EndpointBody>(collections.endpoints),
  ]);
  return services
    .filter((service) => service.body.enabled)
    .map((service) => ({
      id: service.id,
      type: service.body.type,
      name: service.body.name,
      endpoints: endpoints.flatMap((endpoint) => {
        if (endpoint.body.service_id !== service.id || !endpoint.body.enabled) return [];
        const url = endpointUrl(endpoint.body.url, cloudUrl, projectId);
        if (url === null) return [];
        return [
          { id: endpoint.id, interface: endpoint.body.interface, region_id: endpoint.body.region_id, region: endpoint.body.region_id, url },
        ];
      }),
    }));
}
