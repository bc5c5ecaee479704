/** One step of attaching a volume to a server or of taking it off: each looks first, so that a step may be repeated. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure } from '@hearth/kernel';
import { ResourceFailed } from '@hearth/resource-kit';
import { livingVolume, placesOf, statusOf, unknownStatus } from './volume-status.ts';

/** Asks for it unless the server has the volume already. False: somebody is busy there, ask again. */
export async function askToAttach(cloud: Cloud, server: string, volume: string, device: string | null): Promise<boolean> {
  if ((await cloud.cinder.serverAttachment(server, volume)) !== null) return true;
  return attachAnew(cloud, server, volume, device);
}

/** The same where nobody can have asked before. */
export async function attachAnew(cloud: Cloud, server: string, volume: string, device: string | null): Promise<boolean> {
  try {
    await cloud.cinder.attachToServer(server, volume, device);
    return true;
  } catch (error) {
    if (error instanceof Failure && (error.code === 'conflict' || error.code === 'busy')) return false;
    if (error instanceof Failure && (error.code === 'invalid' || error.code === 'not-found' || error.code === 'forbidden'))
      throw new ResourceFailed(`Failed to attach volume ${volume} to server ${server} - ${error.message}`, 'Error');
    throw error;
  }
}

const ATTACHING: ReadonlySet<string> = new Set(['available', 'attaching', 'reserved']);

/** Null: attached; else the status that is seen. */
export async function attachmentPending(cloud: Cloud, volume: string): Promise<string | null> {
  const status = statusOf(await livingVolume(cloud, volume));
  if (ATTACHING.has(status)) return status;
  if (status !== 'in-use') throw unknownStatus('Volume attachment failed', status);
  return null;
}

/**
 * Asks for it; what is gone is left to the looks that follow. False: it was not accepted, for somebody is busy there or it is just being attached;
 * ask again.
 */
export async function askToDetach(cloud: Cloud, server: string, volume: string): Promise<boolean> {
  try {
    await cloud.cinder.detachFromServer(server, volume);
    return true;
  } catch (error) {
    if (error instanceof Failure && (error.code === 'conflict' || error.code === 'busy' || error.code === 'invalid')) return false;
    if (error instanceof Failure && error.code === 'not-found') return true;
    throw error;
  }
}

const DETACHING: ReadonlySet<string> = new Set(['in-use', 'detaching', 'reserved']);

/** Null: both services say that it is off; else what is seen. */
export async function detachmentPending(cloud: Cloud, server: string, volume: string): Promise<string | null> {
  const seen = await cloud.cinder.getVolume(volume);
  if (seen !== null && placesOf(seen).some((place) => place.server === server)) {
    const status = statusOf(seen);
    if (DETACHING.has(status)) return status;
    if (status !== 'available' && status !== 'deleting') throw unknownStatus('Volume detachment failed', status);
  }
  return (await cloud.cinder.serverAttachment(server, volume)) === null ? null : 'detaching';
}
