/** A port that another one takes the place of: the addresses that both want go to the other one, and come back when that is called off. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, isJsonArray, isJsonObject, type JsonObject, type Random } from '@hearth/kernel';
import { done, type HandingOver, type Progress, type TakingBack, wait, isSet } from '@hearth/resource-kit';
import type { FixedIp } from './port.ts';

interface Addressed {
  readonly fixed_ips: readonly FixedIp[] | null;
  readonly mac_address: string | null;
}
/** What the port had, before it gave any of it. */
interface Kept extends JsonObject {
  readonly fixed_ips: readonly JsonObject[];
  /** Not null: the other one is to have it. */
  readonly mac_address: string | null;
}

const KEPT = 'handedOver';
const keptIn = (data: JsonObject): Kept | null => (isJsonObject(data[KEPT]) ? (data[KEPT] as Kept) : null);
const addressesOf = (item: JsonObject): readonly JsonObject[] => (isJsonArray(item.fixed_ips) ? item.fixed_ips.filter(isJsonObject) : []);

/** First it is written down what there is; only then is anything given away. */
export async function keepAddresses({ cloud, physicalId, props, next, data }: HandingOver<Cloud, Addressed>): Promise<Progress> {
  const item = await cloud.neutron.get('port', physicalId);
  if (item === null || next === null) return done();
  const wanted = new Set((next.fixed_ips ?? []).map((one) => one.ip_address));
  const isMacWanted = isSet(next.mac_address) && next.mac_address === props.mac_address;
  const isAddressWanted = addressesOf(item).some((one) => wanted.has(String(one.ip_address)));
  if (keptIn(data) === null && !isAddressWanted && !isMacWanted) return done();
  const kept: Kept = keptIn(data) ?? { fixed_ips: addressesOf(item), mac_address: isMacWanted ? String(item.mac_address) : null };
  return wait('addresses are known', { data: { [KEPT]: kept }, afterMs: 0 });
}

export async function giveAddresses({ cloud, physicalId, data, random }: HandingOver<Cloud, Addressed>): Promise<Progress> {
  await giveAway(cloud, physicalId, keptIn(data), random);
  return done();
}

export async function takeAddresses({ cloud, physicalId, data, successors, random }: TakingBack<Cloud, Addressed>): Promise<Progress> {
  const kept = keptIn(data);
  if (kept === null) return done();
  for (const successor of successors) await giveAway(cloud, successor, kept, random);
  await cloud.neutron.update('port', physicalId, { fixed_ips: kept.fixed_ips });
  if (kept.mac_address !== null) await setMac(cloud, physicalId, kept.mac_address);
  return done({ data: { [KEPT]: null } });
}

/** The port stays without these addresses. One that is gone has none. */
async function giveAway(cloud: Cloud, id: string, kept: Kept | null, random: Random): Promise<void> {
  const item = kept === null ? null : await cloud.neutron.get('port', id);
  if (kept === null || item === null) return;
  const given = new Set(kept.fixed_ips.map((one) => one.ip_address));
  const left = addressesOf(item).filter((one) => !given.has(one.ip_address ?? null));
  if (left.length < addressesOf(item).length) await cloud.neutron.update('port', id, { fixed_ips: left });
  if (kept.mac_address !== null && item.mac_address === kept.mac_address) await setMac(cloud, id, madeUp(random));
}

/** Not everybody may set it: then the other one fails, and says why. */
async function setMac(cloud: Cloud, id: string, address: string): Promise<void> {
  try {
    await cloud.neutron.update('port', id, { mac_address: address });
  } catch (error) {
    if (!(error instanceof Failure && (error.code === 'forbidden' || error.code === 'invalid'))) throw error;
  }
}

const madeUp = (random: Random): string =>
  `fa:16:3e:${[0, 1, 2]
    .map(() =>
      Math.floor(random.next() * 256)
        .toString(16)
        .padStart(2, '0'),
    )
    .join(':')}`;
