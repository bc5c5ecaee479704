/**
 * Changing a volume in place. Names and metadata at once; the rest goes on by looking at what the volume is now and doing the next thing. A volume
 * that is attached is taken off, changed and put back, as Heat does it; where it was is committed before it is taken off.
 */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { done, type Live, type Progress, ResourceFailed, type Update, wait, isSet } from '@hearth/resource-kit';
import { askToAttach, askToDetach, detachmentPending } from './attaching.ts';
import { metadataOf, nameOf, setReadOnly, type VolumeProps } from './volume-request.ts';
import { livingVolume, placesOf, statusOf, type Place, unknownStatus } from './volume-status.ts';

type Concern = 'retype' | 'restore' | 'extend' | 'read-only';
const CONCERNS: readonly Concern[] = ['retype', 'restore', 'extend', 'read-only'];

/** The wait's memory; `home` also lies in the resource's data, where the next update finds it. */
interface Memory {
  readonly todo: readonly Concern[];
  readonly home: Place | null;
  /** Asked for already, where the volume itself does not show it. */
  readonly restored: boolean;
}

export async function beginUpdate(change: Update<Cloud, VolumeProps, { readonly [K in keyof VolumeProps]?: unknown }>): Promise<Progress> {
  const { cloud, physicalId, physicalName, props, before, changed } = change;
  if ('size' in changed && props.size !== null) {
    const volume = await livingVolume(cloud, physicalId);
    if (props.size < Number(volume.size)) throw new ResourceFailed('Shrinking volume is not supported.', 'NotSupported');
  }
  if ('name' in changed || 'description' in changed) {
    // Taken out of the template: it stays as it is.
    const kept = { name: isSet(props.name) ? props.name : before.name };
    await cloud.cinder.updateVolume(physicalId, { name: nameOf(kept, physicalName), description: props.description ?? before.description });
  }
  if ('metadata' in changed || 'name' in changed) await cloud.cinder.setVolumeMetadata(physicalId, metadataOf(props, physicalName));
  const todo: Concern[] = [];
  if ('volume_type' in changed && props.volume_type !== null) todo.push('retype');
  if ('backup_id' in changed && props.backup_id !== null) todo.push('restore');
  if ('size' in changed && props.size !== null) todo.push('extend');
  if ('read_only' in changed && props.read_only !== null) todo.push('read-only');
  return todo.length === 0 && homeIn(change.data) === null ? done() : next(change, { todo, home: homeIn(change.data), restored: false });
}

export const continueUpdate = (live: Live<Cloud, VolumeProps>, token: Json): Promise<Progress> => next(live, memoryOf(token, live.data));

const PASSING: ReadonlySet<string> = new Set([
  ...['retyping', 'extending', 'restoring-backup', 'detaching', 'attaching', 'reserved', 'backing-up', 'uploading', 'reverting'],
]);

async function next(live: Live<Cloud, VolumeProps>, memory: Memory): Promise<Progress> {
  const { cloud, physicalId: id } = live;
  const volume = await livingVolume(cloud, id);
  const status = statusOf(volume);
  if (PASSING.has(status)) return again(status, memory);
  if (status !== 'available' && status !== 'in-use') throw failureOf(memory, status);
  const [concern] = memory.todo;
  if (concern === 'retype') return retype(live, volume, memory);
  if (concern === undefined) return memory.home === null ? done({ data: {} }) : goHome(live, memory.home, status, memory);
  if (isSettled(concern, volume, live.props, memory)) return next(live, without(memory, concern));
  const [place] = placesOf(volume);
  if (place !== undefined) {
    // Committed first: a process that dies after this call must know where the volume belongs.
    if (memory.home === null) return again('to be detached', { ...memory, home: place }, 0);
    await askToDetach(cloud, place.server, id);
    return again('detaching', memory);
  }
  // Nova may still have the volume among the server's when Cinder has not: attaching again would be refused then.
  const pending = memory.home === null ? null : await detachmentPending(cloud, memory.home.server, id);
  if (pending !== null) return again(pending, memory);
  return perform(live, concern, memory);
}

const isSettled = (concern: Concern, volume: JsonObject, props: VolumeProps, memory: Memory): boolean =>
  (concern === 'extend' && Number(volume.size) >= (props.size ?? 0)) || (concern === 'restore' && memory.restored);

async function retype({ cloud, physicalId, props }: Live<Cloud, VolumeProps>, volume: JsonObject, memory: Memory): Promise<Progress> {
  const wanted = props.volume_type ?? '';
  const type = await cloud.cinder.findType(wanted);
  if (volume.volume_type === wanted || volume.volume_type === type?.name) return again('retyped', without(memory, 'retype'), 0);
  await cloud.cinder.volumeAction(physicalId, { 'os-retype': { new_type: wanted, migration_policy: 'never' } });
  return again('retyping', memory);
}

async function perform({ cloud, physicalId: id, props }: Live<Cloud, VolumeProps>, concern: Concern, memory: Memory): Promise<Progress> {
  switch (concern) {
    case 'restore':
      await explained(`Failed to restore volume ${id} from backup ${props.backup_id ?? ''}`, () =>
        cloud.cinder.restoreBackup(props.backup_id ?? '', { volumeId: id }),
      );
      return again('restoring-backup', { ...memory, restored: true });
    case 'extend':
      await explained(`Failed to extend volume ${id}`, () => cloud.cinder.volumeAction(id, { 'os-extend': { new_size: props.size } }));
      return again('extending', memory);
    case 'read-only':
      await setReadOnly(cloud, id, props.read_only ?? false);
      return again('read-only set', without(memory, 'read-only'), 0);
    case 'retype':
      return again('retyping', memory, 0);
  }
}

async function goHome({ cloud, physicalId: id }: Live<Cloud, VolumeProps>, home: Place, status: string, memory: Memory): Promise<Progress> {
  if (status === 'in-use') return done({ data: {} });
  const asked = await askToAttach(cloud, home.server, id, home.device);
  return again(asked ? 'attaching' : 'the server is busy', memory);
}

async function explained(what: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Failure && (error.code === 'invalid' || error.code === 'not-found' || error.code === 'over-quota'))
      throw new ResourceFailed(`${what} - ${error.message}`, 'Error');
    throw error;
  }
}

function failureOf({ todo, home }: Memory, status: string): ResourceFailed {
  if (status === 'error_restoring' || (todo[0] === 'restore' && status === 'error'))
    return unknownStatus('Volume backup restore failed', status);
  if (todo.length === 0 && home !== null) return unknownStatus('Volume attachment failed', status);
  return unknownStatus('Volume resize failed', status);
}

const without = (memory: Memory, concern: Concern): Memory => ({ ...memory, todo: memory.todo.filter((one) => one !== concern) });

function again(saw: string, memory: Memory, afterMs?: number): Progress {
  const home: Json = memory.home === null ? null : { ...memory.home };
  const token = { todo: memory.todo, home, restored: memory.restored };
  return wait(saw, { token, data: home === null ? {} : { home }, ...(afterMs !== undefined && { afterMs }) });
}

function homeIn(value: Json | undefined): Place | null {
  const home = isJsonObject(value) ? value.home : null;
  if (!isJsonObject(home) || typeof home.server !== 'string') return null;
  return { server: home.server, device: typeof home.device === 'string' ? home.device : null };
}

function memoryOf(token: Json, data: JsonObject): Memory {
  const known = isJsonObject(token) ? token : {};
  const todo = isJsonArray(known.todo) ? CONCERNS.filter((one) => (known.todo as readonly Json[]).includes(one)) : [];
  return { todo, home: homeIn(known) ?? homeIn(data), restored: known.restored === true };
}
