/** What a volume's status says while it is made, changed or attached, in Heat's words where it is wrong. */
import type { Cloud } from '@hearth/cloud-openstack';
import { isJsonArray, isJsonObject, type JsonObject } from '@hearth/kernel';
import { ResourceFailed } from '@hearth/resource-kit';

export const statusOf = (volume: JsonObject): string => String(volume.status ?? 'unknown').toLowerCase();

export const inError = (status: string, reason = 'Unknown'): ResourceFailed =>
  new ResourceFailed(`Went to status ${status} due to "${reason}"`);
export const unknownStatus = (result: string, status: string): ResourceFailed =>
  new ResourceFailed(`${result} - Unknown status ${status} due to "Unknown"`, 'ResourceUnknownStatus');

/** The volume; throws when it is gone. */
export async function livingVolume(cloud: Cloud, id: string): Promise<JsonObject> {
  const volume = await cloud.cinder.getVolume(id);
  if (volume === null) throw new ResourceFailed(`The Volume (${id}) could not be found.`, 'EntityNotFound');
  return volume;
}

export interface Place {
  readonly server: string;
  readonly device: string | null;
}

/** Where it is attached; servers only. */
export function placesOf(volume: JsonObject): readonly Place[] {
  const attachments = isJsonArray(volume.attachments) ? volume.attachments.filter(isJsonObject) : [];
  return attachments.flatMap((one) =>
    typeof one.server_id === 'string' ? [{ server: one.server_id, device: typeof one.device === 'string' ? one.device : null }] : [],
  );
}
