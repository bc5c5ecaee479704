/** The description as a mark: what has no name of ours, or a name the user chose, is found again by it. */
import type { Cloud, NeutronKind } from '@hearth/cloud-openstack';
import type { JsonObject } from '@hearth/kernel';

/** Clocks of the cloud and ours may differ by so much. */
const CLOCK_SKEW_MS = 120_000;

/** With a description of the user's own there is no mark; then only what is younger than the attempt can be ours. */
export const isRecent = (item: JsonObject, startedAt: number): boolean =>
  typeof item.created_at === 'string' && Date.parse(item.created_at) >= startedAt - CLOCK_SKEW_MS;

interface Attempt {
  readonly cloud: Cloud;
  readonly physicalName: string;
  readonly startedAt: number;
}

/** Ids of what carries the mark; `description` is what the user gave, in which case `isSame` must hold and the thing be new. */
export async function findDescribed(
  { cloud, physicalName, startedAt }: Attempt,
  kind: NeutronKind,
  description: string | null,
  isSame: (item: JsonObject) => boolean,
): Promise<readonly string[]> {
  const mark = description ?? physicalName;
  const items = await cloud.neutron.list(kind, { description: mark });
  return items.flatMap((item) => {
    const isOurs = item.description === mark && (mark === physicalName || (isSame(item) && isRecent(item, startedAt)));
    return isOurs && typeof item.id === 'string' ? [item.id] : [];
  });
}
