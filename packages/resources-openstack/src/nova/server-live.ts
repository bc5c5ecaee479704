/** What the compute service shows of the properties that a server was made with. */
import type { Cloud } from '@hearth/cloud-openstack';
import { isJsonArray, isJsonObject, isUuidLike, type Json, type JsonObject } from '@hearth/kernel';
import { asSent, inAnyOrder, type Live, liveName, matchesEach, ofGiven, isSet } from '@hearth/resource-kit';
import { knownId, shownItem } from '../neutron/live.ts';
import { hasOwnPorts, type NetworkEntry } from './server-networks.ts';
import { flavorId, MARK } from './server-request.ts';

interface ToldProps {
  readonly name: string | null;
  readonly image: string | null;
  readonly flavor: string;
  readonly metadata: JsonObject;
  readonly tags: readonly string[] | null;
  readonly key_name: string | null;
  readonly diskConfig: string | null;
  readonly config_drive: boolean | null;
  readonly security_groups: readonly Json[];
  readonly networks: readonly NetworkEntry[] | null;
}

export async function serverIds({ cloud, props }: Live<Cloud, Pick<ToldProps, 'image' | 'flavor'>>) {
  const { image, flavor } = props;
  const isGiven = isSet(image);
  return {
    flavor: await knownId(() => flavorId(cloud, flavor)),
    image: isGiven ? await knownId(() => cloud.glance.imageId(image)) : image,
  };
}

/** Networks are told by their ports, and what a guest was started with is not shown. */
export function liveServer({
  observed,
  props,
  physicalName,
}: {
  readonly observed: { readonly tags: Json; readonly show?: Json };
  readonly props: ToldProps;
  readonly physicalName: string;
}) {
  const server = shownItem(observed);
  return {
    name: liveName(server.name, props.name, physicalName),
    ...ofGiven(props, {
      flavor: idIn(server.flavor),
      image: props.image === '' ? undefined : idIn(server.image),
      metadata: asSent(withoutMark(server.metadata), props.metadata, textOf),
      tags: inAnyOrder(observed.tags ?? undefined, props.tags),
      key_name: props.key_name === '' ? undefined : server.key_name,
      diskConfig: props.diskConfig === '' ? undefined : server['OS-DCF:diskConfig'],
      config_drive: typeof server.config_drive === 'string' ? server.config_drive === 'True' : server.config_drive,
      security_groups: groupsOf(server, props),
    }),
  };
}

const idIn = (reference: Json | undefined): Json | undefined =>
  isJsonObject(reference ?? null) ? (reference as JsonObject).id : undefined;

/** As the request says it: what is not a text is sent as JSON. */
const textOf = (value: Json): Json => (typeof value === 'string' ? value : JSON.stringify(value));

function withoutMark(metadata: Json | undefined): Json | undefined {
  if (!isJsonObject(metadata ?? null)) return undefined;
  const { [MARK]: _mark, ...own } = metadata as JsonObject;
  return own;
}

/** The service tells names, once for each port; ports of the user's own have groups of their own. */
function groupsOf(server: JsonObject, { security_groups: wanted, networks }: ToldProps): Json | undefined {
  const hasPorts = hasOwnPorts(networks) || (networks ?? []).some(({ port }) => isSet(port));
  const isTold = wanted.length > 0 && !hasPorts && !wanted.some((group) => isUuidLike(String(group)));
  if (!isTold || !isJsonArray(server.security_groups)) return undefined;
  const names = [...new Set(server.security_groups.flatMap((group) => (isJsonObject(group) ? [String(group.name)] : [])))];
  return matchesEach(names, [...new Set(wanted.map(String))], (one, other) => one === other) ? wanted : names;
}
