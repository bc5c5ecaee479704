/** Nova: the zones that servers can be put in, as any user may see them. */
import { isJsonObject } from '@hearth/kernel';
import type { Session } from './session.ts';

/** A cloud without a compute service is taken for one of a single zone, as Heat does. */
const DEFAULT_ZONES: readonly string[] = ['nova'];

/** Names of zones that are up. */
export async function availabilityZones(session: Session): Promise<readonly string[]> {
  if (!(await session.hasService('compute'))) return DEFAULT_ZONES;
  const zones = await session.list({ service: 'compute', path: '/os-availability-zone' }, 'availabilityZoneInfo');
  return zones.flatMap(({ zoneName, zoneState }) =>
    typeof zoneName === 'string' && !(isJsonObject(zoneState) && zoneState['available'] === false) ? [zoneName] : [],
  );
}
