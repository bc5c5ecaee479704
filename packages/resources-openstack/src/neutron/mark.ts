/** The description as a mark: what has no name of ours, or a name the user chose, is found again by it. */
import type { Cloud, NeutronKind } from '@hearth/cloud-openstack';
import type { JsonObject } from '@hearth/kernel';

/** Clocks of the cloud and ours may differ by so much. */
const CLOCK_SKEW_MS = 120_000;

/** What bears no mark can be ours only if it is younger than the attempt. */
export const isRecent = (item: JsonObject, startedAt: number): boolean =>
  typeof item.created_at === 'string' && Date.parse(item.created_at) >= startedAt - CLOCK_SKEW_MS;

interface Attempt {
  readonly cloud: Cloud;
  readonly physicalName: string;
}

/** Ids of what carries the mark. */
export async function findDescribed({ cloud, physicalName }: Attempt, kind: NeutronKind): Promise<readonly string[]> {
  const items = await cloud.neutron.list(kind, { description: physicalName });
  return items.flatMap(({ id, description }) => (description === physicalName && typeof id === 'string' ? [id] : []));
}
