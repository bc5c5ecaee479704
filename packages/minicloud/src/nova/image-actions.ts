/** Actions that make images of a server: createImage, and createBackup with its rotation. */
import { empty, json, type Answer } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { argumentsOf, type ActionCall } from './action-call.ts';
import { baseUrl } from './links.ts';
import type { ServerAction } from './machine.ts';
import type { ServerDocument } from './records.ts';
import { metadataOf, needed, refuseUnknownKeys, textOf, wholeOf } from './refusals.ts';
import { act, type ActionWish } from './servers.ts';

export async function createImage(call: ActionCall): Promise<Answer> {
  const given = argumentsOf(call, 'createImage');
  const name = textOf(needed(given, 'createImage', 'name'), 'name').trim();
  refuseUnknownKeys(given, 'createImage', ['name', 'metadata']);
  const properties = given.metadata === undefined ? {} : metadataOf(given.metadata);
  const { imageId } = await photographed(call, 'snapshot', 'createImage', { name, properties: { ...properties, image_type: 'snapshot' } });
  return imageAnswer(call, imageId);
}

export async function createBackup(call: ActionCall): Promise<Answer> {
  const given = argumentsOf(call, 'createBackup');
  for (const key of ['backup_type', 'name', 'rotation']) needed(given, 'createBackup', key);
  refuseUnknownKeys(given, 'createBackup', ['backup_type', 'name', 'rotation', 'metadata']);
  const name = textOf(given.name ?? null, 'name').trim();
  const backupType = textOf(given.backup_type ?? null, 'backup_type', 255, 0);
  const rotation = wholeOf(given.rotation ?? null, 'rotation', 0);
  const own = given.metadata === undefined ? {} : metadataOf(given.metadata);
  const properties = { ...own, image_type: 'backup', backup_type: backupType };
  const { imageId } = await photographed(call, 'backup', 'createBackup', { name, properties, rotation: { backupType, keep: rotation } });
  return rotation === 0 && call.minor < 45 ? empty(202) : imageAnswer(call, imageId);
}

function imageAnswer(call: ActionCall, imageId: string): Answer {
  if (call.minor >= 45) return json(202, { image_id: imageId });
  return empty(202, { Location: `${baseUrl(call.request)}/images/${imageId}` });
}

interface Photograph {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Of the server's backups of that type, how many are kept. */
  readonly rotation?: { readonly backupType: string; readonly keep: number };
}

/** The transition and the image, in one transaction. */
async function photographed(call: ActionCall, action: ServerAction, word: string, photograph: Photograph): Promise<{ imageId: string }> {
  const { parts } = call;
  let imageId = '';
  const prepare: ActionWish['prepare'] = async (server, _state, tx) => {
    imageId = await imageOfServer(call, tx, server, photograph);
    const { rotation } = photograph;
    if (rotation !== undefined) await parts.images.rotate(tx, { serverId: server.id, ...rotation });
    return {};
  };
  await act(parts, call.id, { action, word, prepare }, call.caller);
  return { imageId };
}

/** An image that stands for the server's disk. */
export function imageOfServer(call: ActionCall, tx: CloudStore, server: ServerDocument, { name, properties }: Photograph): Promise<string> {
  const { parts } = call;
  const { userName, projectName, roles } = call.request.identity;
  return parts.images.snapshot(tx, {
    name,
    projectId: server.projectId ?? '',
    baseImageId: server.body.image_id,
    properties: {
      ...properties,
      instance_uuid: server.id,
      user_id: server.body.user_id,
      owner_user_name: userName,
      owner_project_name: projectName ?? '',
      boot_roles: roles.join(','),
    },
    nowMs: parts.context.clock.now(),
  });
}
