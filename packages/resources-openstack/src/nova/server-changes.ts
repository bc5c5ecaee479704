/**
 * Changing a server in place. What takes effect at once is done by `beginChange`; networks, resizing and rebuilding go on by looking at what
 * the server is now and asking for the next thing, so that a change that was broken off is simply continued.
 */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { done, type Live, type Progress, ResourceFailed, type Update, wait, isSet, nameOr } from '@hearth/resource-kit';
import { given } from '../neutron/family.ts';
import { hasOwnPorts, mayHaveOwnPorts } from './server-networks.ts';
import { arrangeNetworks, leavingPorts } from './server-network-changes.ts';
import { type BootProps, flavorId, metadataOf, personalityOf } from './server-request.ts';
import { isIdle, livingServer } from './server-status.ts';
import { encodedUserData } from './server-user-data.ts';

export interface ChangeProps extends BootProps {
  readonly flavor_update_policy: string;
  readonly image_update_policy: string;
  readonly user_data_update_policy: string;
  readonly tags: readonly string[] | null;
}
type Changing = Live<Cloud, ChangeProps>;

/** Changes that the policies of the new definition answer with a new server. */
export function replacingChanges(before: ChangeProps, after: ChangeProps): readonly ('flavor' | 'image' | 'user_data')[] {
  return [
    ...(before.flavor !== after.flavor && after.flavor_update_policy === 'REPLACE' ? (['flavor'] as const) : []),
    ...(before.image !== after.image &&
    (after.image_update_policy === 'REPLACE' || (after.image ?? '') === '' || (before.image ?? '') === '')
      ? (['image'] as const)
      : []),
    ...(before.user_data !== after.user_data && after.user_data_update_policy === 'REPLACE' ? (['user_data'] as const) : []),
  ];
}

/** What a change has still to do: all that its waits remember. */
interface Rest {
  readonly concerns: readonly ('networks' | 'flavor' | 'image' | 'user_data')[];
  /** Ports that must leave. */
  readonly leaving: readonly string[];
  /** How often the resize was asked for. */
  readonly resizes: number;
}

export async function beginChange(change: Update<Cloud, ChangeProps, { readonly [K in keyof ChangeProps]?: unknown }>): Promise<Progress> {
  const { cloud, physicalId, physicalName, props, changed, before } = change;
  if ('name' in changed) await cloud.nova.updateServer(physicalId, { name: nameOr(props.name, physicalName) });
  if ('metadata' in changed || 'name' in changed)
    await cloud.nova.setMetadata(physicalId, metadataOf(props.metadata, props.name, physicalName));
  if ('tags' in changed) await cloud.nova.setServerTags(physicalId, props.tags ?? []);
  // A rebuild sets the password itself.
  if ('admin_pass' in changed && !('image' in changed) && isSet(props.admin_pass)) {
    await cloud.nova.serverAction(physicalId, { changePassword: { adminPass: props.admin_pass } });
  }
  const leaving = 'networks' in changed ? await leavingPorts(change, before.networks ?? []) : [];
  const isRebuilt = 'user_data' in changed && props.user_data_update_policy === 'REBUILD';
  const concerns = [
    ...('networks' in changed ? (['networks'] as const) : []),
    ...('flavor' in changed ? (['flavor'] as const) : []),
    ...('image' in changed ? (['image'] as const) : []),
    ...(isRebuilt ? (['user_data'] as const) : []),
  ];
  const rest = { concerns, leaving, resizes: 0 };
  // That there may be ports of our own is committed before one is made: whatever comes of the change, they are found and deleted.
  if ('networks' in changed && hasOwnPorts(props.networks) && !mayHaveOwnPorts({ props: before, data: change.data }))
    return wait('networks', { token: rest, afterMs: 0, data: { ...change.data, ownPorts: true } });
  return advance(change, rest);
}

export const continueChange = (live: Changing, token: Json): Promise<Progress> => advance(live, restOf(token));

/** The next thing towards the wanted networks, flavor and image. */
async function advance(live: Changing, rest: Rest): Promise<Progress> {
  const { cloud, physicalId } = live;
  const { concerns } = rest;
  if (concerns.length === 0) return done();
  if (concerns.includes('networks')) {
    const waitsFor = await arrangeNetworks(live, rest.leaving);
    if (waitsFor !== null) return again(waitsFor, rest);
    return advance(live, { ...rest, concerns: concerns.filter((concern) => concern !== 'networks') });
  }
  const { server, status } = await livingServer(cloud, physicalId);
  if (!isIdle(server)) return again(status, rest);
  if (status === 'VERIFY_RESIZE') {
    await confirmResize(cloud, physicalId);
    return again('confirming the resize', rest);
  }
  if (status !== 'ACTIVE' && status !== 'SHUTOFF') return again(status, rest);
  if (concerns.includes('flavor')) {
    const resizing = await resize(live, server, rest);
    if (resizing !== null) return resizing;
  }
  return rebuildIfWanted(live, server, rest);
}

const again = (saw: string, rest: Rest): Progress => wait(saw, { token: { ...rest } });

/** A resize for which there is no room ends with the server as it was. */
const MOST_RESIZES = 3;

async function resize({ cloud, physicalId, props }: Changing, server: JsonObject, rest: Rest): Promise<Progress | null> {
  const wanted = await flavorId(cloud, props.flavor);
  if (idIn(server.flavor) === wanted) return null;
  if (rest.resizes >= MOST_RESIZES)
    throw new ResourceFailed(`Resizing to '${props.flavor}' failed, status '${String(server.status)}'`, 'Error');
  await cloud.nova.serverAction(physicalId, { resize: { flavorRef: wanted } });
  return again('resizing', { ...rest, resizes: rest.resizes + 1 });
}

/** The status stays VERIFY_RESIZE, without a task, while an earlier confirmation is being carried out; Nova refuses a second one then. */
async function confirmResize(cloud: Cloud, id: string): Promise<void> {
  try {
    await cloud.nova.serverAction(id, { confirmResize: null });
  } catch (error) {
    const isUnderWay = error instanceof Failure && (error.code === 'invalid' || error.code === 'conflict' || error.code === 'busy');
    if (!isUnderWay) throw error;
  }
}

async function rebuildIfWanted(live: Changing, server: JsonObject, rest: Rest): Promise<Progress> {
  const { cloud, physicalId, physicalName, props } = live;
  const { concerns } = rest;
  const image = isSet(props.image) ? await cloud.glance.imageId(props.image) : null;
  const withUserData = concerns.includes('user_data');
  if (image === null || (!withUserData && !(concerns.includes('image') && image !== idIn(server.image)))) return done();
  const rebuild = given({
    imageRef: image,
    adminPass: props.admin_pass === '' ? null : props.admin_pass,
    metadata: metadataOf(props.metadata, props.name, physicalName),
    preserve_ephemeral: props.image_update_policy === 'REBUILD_PRESERVE_EPHEMERAL' ? true : null,
    // Nova knows new user data only where it no longer knows files.
    personality: withUserData ? null : personalityOf(props.personality),
  });
  const body = withUserData ? { ...rebuild, user_data: await encodedUserData(live) } : rebuild;
  await cloud.nova.serverAction(physicalId, { rebuild: body }, withUserData ? '2.57' : undefined);
  // User data cannot be read back: once asked for, they are not asked for again.
  return again('rebuilding', { ...rest, concerns: concerns.filter((concern) => concern !== 'user_data') });
}

const idIn = (reference: JsonObject[string] | undefined): string | null =>
  isJsonObject(reference) && typeof reference.id === 'string' ? reference.id : null;

const CONCERNS: readonly string[] = ['networks', 'flavor', 'image', 'user_data'];

function restOf(token: Json): Rest {
  const { concerns, leaving, resizes } = isJsonObject(token) ? token : ({} as JsonObject);
  const texts = (value: Json | undefined): readonly string[] =>
    isJsonArray(value ?? null) ? (value as readonly Json[]).filter((text) => typeof text === 'string') : [];
  return {
    concerns: texts(concerns).filter((concern) => CONCERNS.includes(concern)) as Rest['concerns'],
    leaving: texts(leaving),
    resizes: typeof resizes === 'number' ? resizes : 0,
  };
}
