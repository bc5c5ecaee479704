/**
 * Changing a server in place. What takes effect at once is done by `applyNow`; resizing and rebuilding go on by looking at what the server is
 * now and asking for the next thing, so that a change that was broken off is simply continued.
 */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, isJsonObject, type JsonObject } from '@hearth/kernel';
import { done, type Progress, type Update, wait } from '@hearth/resource-kit';
import { changeNetworks } from './server-networks.ts';
import { flavorId, metadataOf, type BootProps } from './server-request.ts';
import { isIdle, livingServer } from './server-status.ts';

export interface ChangeProps extends BootProps {
  readonly flavor_update_policy: string;
  readonly image_update_policy: string;
  readonly user_data_update_policy: string;
  readonly tags: readonly string[] | null;
}

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

export async function applyNow(change: Update<Cloud, ChangeProps, { readonly [K in keyof ChangeProps]?: unknown }>): Promise<void> {
  const { cloud, physicalId, physicalName, props, changed, before } = change;
  if ('name' in changed)
    await cloud.nova.updateServer(physicalId, { name: props.name === null || props.name === '' ? physicalName : props.name });
  if ('metadata' in changed || 'name' in changed)
    await cloud.nova.setMetadata(physicalId, metadataOf(props.metadata, props.name, physicalName));
  if ('tags' in changed) await cloud.nova.setServerTags(physicalId, props.tags ?? []);
  if ('admin_pass' in changed && props.admin_pass !== null && props.admin_pass !== '') {
    await cloud.nova.serverAction(physicalId, { changePassword: { adminPass: props.admin_pass } });
  }
  if ('networks' in changed) await changeNetworks(change, before.networks ?? []);
}

/** The next thing towards the wanted flavor and image. `keys`: what the update changes; they are the wait's memory. */
export async function advance(cloud: Cloud, id: string, props: ChangeProps, keys: readonly string[]): Promise<Progress> {
  const concerns = keys.filter(
    (key) => key === 'flavor' || key === 'image' || (key === 'user_data' && props.user_data_update_policy === 'REBUILD'),
  );
  if (concerns.length === 0) return done();
  const { server, status } = await livingServer(cloud, id);
  const again = (saw: string, token: readonly string[] = concerns): Progress => wait(saw, { token });
  if (!isIdle(server)) return again(status);
  if (status === 'VERIFY_RESIZE') {
    await confirmResize(cloud, id);
    return again('confirming the resize');
  }
  if (status !== 'ACTIVE' && status !== 'SHUTOFF') return again(status);
  if (concerns.includes('flavor')) {
    const wanted = await flavorId(cloud, props.flavor);
    if (idIn(server.flavor) !== wanted) {
      await cloud.nova.serverAction(id, { resize: { flavorRef: wanted } });
      return again('resizing');
    }
  }
  const image = props.image === null || props.image === '' ? null : await cloud.glance.imageId(props.image);
  const mustRebuild = concerns.includes('user_data') || (concerns.includes('image') && image !== idIn(server.image));
  if (!mustRebuild || image === null) return done();
  await rebuild(cloud, id, image, props, concerns.includes('user_data'));
  // User data cannot be read back: once asked for, it is not asked for again.
  return again(
    'rebuilding',
    concerns.filter((key) => key !== 'user_data'),
  );
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

async function rebuild(cloud: Cloud, id: string, image: string, props: ChangeProps, withUserData: boolean): Promise<void> {
  const request = {
    imageRef: image,
    ...(props.admin_pass !== null && props.admin_pass !== '' && { adminPass: props.admin_pass }),
    ...(props.image_update_policy === 'REBUILD_PRESERVE_EPHEMERAL' && { preserve_ephemeral: true }),
    ...(withUserData && { user_data: Buffer.from(props.user_data, 'utf8').toString('base64') }),
  };
  await cloud.nova.serverAction(id, { rebuild: request }, withUserData ? '2.57' : undefined);
}

const idIn = (reference: JsonObject[string] | undefined): string | null =>
  isJsonObject(reference) && typeof reference.id === 'string' ? reference.id : null;
