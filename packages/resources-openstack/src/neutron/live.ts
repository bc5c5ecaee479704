/** What Neutron's items show of the properties that they were made with. Pure. */
import type { Cloud, NeutronKind } from '@hearth/cloud-openstack';
import { isNotFound } from '@hearth/cloud-openstack';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { inAnyOrder, liveFields, liveName, matchesEach, ofGiven, isSet } from '@hearth/resource-kit';

/** What `observe` of these types keeps of the service's answer. */
export const shownItem = (observed: { readonly show?: Json }): JsonObject =>
  isJsonObject(observed.show ?? null) ? (observed.show as JsonObject) : {};

interface CommonProps {
  readonly name?: string | null;
  readonly tags?: readonly string[] | null;
  readonly value_specs?: JsonObject;
}

/** Name, tags and added fields, and those properties that are called the same on both sides. */
export function liveItem<K extends string>(
  {
    observed,
    props,
    physicalName,
  }: {
    readonly observed: { readonly show?: Json };
    readonly props: CommonProps & { readonly [N in K]?: unknown };
    readonly physicalName: string;
  },
  names: readonly K[],
): { readonly [N in K | 'name' | 'tags' | 'value_specs']?: Json } {
  const item = shownItem(observed);
  const plain = Object.fromEntries(names.map((name) => [name, item[name]])) as { readonly [N in K]?: Json };
  return {
    ...ofGiven(props, plain),
    ...(props.name !== undefined && item.name !== undefined && { name: liveName(item.name, props.name, physicalName) }),
    ...ofGiven<'tags' | 'value_specs'>(props, {
      tags: inAnyOrder(item.tags, props.tags ?? null),
      value_specs: props.value_specs === undefined ? undefined : liveFields(item, props.value_specs),
    }),
  } as { readonly [N in K | 'name' | 'tags' | 'value_specs']?: Json };
}

/** The id for a name or id; undefined where there is none such, or several. */
export async function knownId(find: () => Promise<string>): Promise<string | undefined> {
  try {
    return await find();
  } catch (error) {
    if (isNotFound(error) || (error instanceof Error && 'code' in error && error.code === 'invalid')) return undefined;
    throw error;
  }
}

/** The same for a property that may be left out: what was not given is not told anyhow. */
export const idOfGiven = async (cloud: Cloud, kind: NeutronKind, given: string | null): Promise<string | null | undefined> =>
  isSet(given) ? knownId(() => cloud.neutron.idOf(kind, given)) : given;

/** All of them, or undefined when one of them is not there. */
export async function idsOfGiven(
  cloud: Cloud,
  kind: NeutronKind,
  given: readonly Json[] | null,
): Promise<readonly string[] | null | undefined> {
  if (given === null) return null;
  const ids = await Promise.all(given.map((one) => knownId(() => cloud.neutron.idOf(kind, String(one)))));
  return ids.some((id) => id === undefined) ? undefined : (ids as readonly string[]);
}

interface Address {
  readonly subnet?: string | null;
  readonly ip_address?: string | null;
}
/** Addresses that fit what was wanted count as that: the rest of each was the service's to choose. */
export function liveAddresses(seen: Json | undefined, wanted: readonly Address[] | null): Json | undefined {
  if (wanted === null || !isJsonArray(seen)) return undefined;
  const addresses = seen.filter(isJsonObject);
  const fits = (address: JsonObject, one: Address): boolean =>
    (!isSet(one.subnet) || address.subnet_id === one.subnet) && (!isSet(one.ip_address) || address.ip_address === one.ip_address);
  // Precise wishes choose first.
  const byPrecision = [...wanted].sort((one, other) => precision(other) - precision(one));
  if (matchesEach(addresses, byPrecision, fits)) return wanted as unknown as Json;
  return addresses.map((address) => ({ subnet: address.subnet_id ?? null, ip_address: address.ip_address ?? null }));
}
const precision = (one: Address): number => (isSet(one.ip_address) ? 2 : 0) + (isSet(one.subnet) ? 1 : 0);

/** The subnets of addresses as ids; undefined when one of them is not there. */
export async function addressesWithIds<A extends Address>(
  cloud: Cloud,
  wanted: readonly A[] | null,
): Promise<readonly A[] | null | undefined> {
  if (wanted === null) return null;
  const found = await Promise.all(
    wanted.map(async (one) =>
      isSet(one.subnet) ? { ...one, subnet: await knownId(() => cloud.neutron.idOf('subnet', one.subnet as string)) } : one,
    ),
  );
  return found.some((one) => one.subnet === undefined && 'subnet' in one) ? undefined : (found as readonly A[]);
}

/** Pairs that say the same: a missing MAC address is the port's own. */
export function livePairs(
  seen: Json | undefined,
  wanted: readonly { readonly ip_address: string; readonly mac_address: string | null }[] | null,
): Json | undefined {
  if (wanted === null || !isJsonArray(seen)) return undefined;
  const pairs = seen.filter(isJsonObject);
  const fits = (pair: JsonObject, one: { readonly ip_address: string; readonly mac_address: string | null }): boolean =>
    pair.ip_address === one.ip_address && (!isSet(one.mac_address) || pair.mac_address === one.mac_address);
  if (matchesEach(pairs, wanted, fits)) return wanted as unknown as Json;
  return pairs.map((pair) => ({ ip_address: pair.ip_address ?? null, mac_address: pair.mac_address ?? null }));
}
