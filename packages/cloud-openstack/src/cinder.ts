/** Cinder: volumes with their actions, snapshots, backups, types; and, through Nova, what attaches volumes to servers. Bodies as the services have them. */
import { Failure, isJsonObject, type JsonObject } from '@hearth/kernel';
import { itemOf, nullIfGone } from './answers.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { Session } from './session.ts';
import type { Looker } from './shared-observation.ts';

export interface Cinder {
  /** Answers with the new volume. `hints` are scheduler hints. */
  createVolume(volume: JsonObject, hints?: JsonObject | null): Promise<JsonObject>;
  /** Shared: looks at about the same time become one list. Null when gone. */
  getVolume(id: string): Promise<JsonObject | null>;
  /** Volumes of exactly this name. */
  volumesNamed(name: string): Promise<readonly JsonObject[]>;
  updateVolume(id: string, changes: JsonObject): Promise<void>;
  /** The whole of the volume's metadata. */
  setVolumeMetadata(id: string, metadata: JsonObject): Promise<void>;
  /** `{'os-extend': {new_size}}`, `{'os-retype': {new_type, migration_policy}}` … */
  volumeAction(id: string, action: JsonObject): Promise<void>;
  deleteVolume(id: string): Promise<void>;
  /** Into a volume that is there, or a new one of that name; answers with the id of the volume. */
  restoreBackup(backupId: string, into: { readonly volumeId: string } | { readonly name: string }): Promise<string>;
  getSnapshot(id: string): Promise<JsonObject | null>;
  getBackup(id: string): Promise<JsonObject | null>;
  /** Backups of exactly this name. */
  backupsNamed(name: string): Promise<readonly JsonObject[]>;
  /** Gives the id; also of a volume in use. */
  createBackup(volumeId: string, name: string): Promise<string>;
  deleteBackup(id: string): Promise<void>;
  /** By name or id. Kept for a few seconds. Null when there is none. */
  findType(nameOrId: string): Promise<JsonObject | null>;
  /** Answers with the id of the attachment, which Nova makes equal to the volume's. */
  attachToServer(serverId: string, volumeId: string, device: string | null): Promise<string>;
  detachFromServer(serverId: string, volumeId: string): Promise<void>;
  /** Null when the server does not have the volume, or is gone. */
  serverAttachment(serverId: string, volumeId: string): Promise<JsonObject | null>;
}

const KEPT_MS = 10_000;
const service = 'block-storage';
const path = (kind: string, id: string): string => `/${kind}/${encodeURIComponent(id)}`;
const attachmentsPath = (serverId: string): string => `/servers/${encodeURIComponent(serverId)}/os-volume_attachments`;

export function cinderOf(session: Session): Cinder {
  const types = new BoundedCache<readonly JsonObject[]>(session.timers, 1, () => KEPT_MS);
  const one = (kind: string, key: string, id: string): Promise<JsonObject | null> =>
    nullIfGone(async () => itemOf(await session.request({ service, method: 'GET', path: path(kind, id) }), key));
  const looker: Looker = {
    one: (id) => one('volumes', 'volume', id),
    all: () => session.list({ service, path: '/volumes/detail', query: { limit: 1_000 } }, 'volumes'),
  };
  return {
    async createVolume(volume, hints = null) {
      const scheduling = hints !== null && Object.keys(hints).length > 0 ? { 'OS-SCH-HNT:scheduler_hints': hints } : {};
      const made = itemOf(await session.request({ service, method: 'POST', path: '/volumes', body: { volume, ...scheduling } }), 'volume');
      if (typeof made.id !== 'string') throw new Failure('unknown', 'block storage answered without a volume id');
      return made;
    },
    getVolume: (id) => session.looks.of('volumes')(id, looker),
    async volumesNamed(name) {
      const found = await session.list({ service, path: '/volumes/detail', query: { name } }, 'volumes');
      return found.filter((volume) => volume.name === name);
    },
    getSnapshot: (id) => one('snapshots', 'snapshot', id),
    getBackup: (id) => one('backups', 'backup', id),
    async backupsNamed(name) {
      const found = await session.list({ service, path: '/backups/detail', query: { name } }, 'backups');
      return found.filter((backup) => backup.name === name);
    },
    async findType(nameOrId) {
      const known = await types.get('all', () => session.list({ service, path: '/types' }, 'volume_types'));
      return known.find((type) => type.id === nameOrId) ?? known.find((type) => type.name === nameOrId) ?? null;
    },
    ...volumeChanges(session),
    ...serverVolumes(session),
  };
}

type Changing = 'updateVolume' | 'setVolumeMetadata' | 'volumeAction' | 'deleteVolume' | 'createBackup' | 'deleteBackup' | 'restoreBackup';

function volumeChanges(session: Session): Pick<Cinder, Changing> {
  return {
    async updateVolume(id, changes) {
      await session.request({ service, method: 'PUT', path: path('volumes', id), body: { volume: changes } });
    },
    async setVolumeMetadata(id, metadata) {
      await session.request({ service, method: 'PUT', path: `${path('volumes', id)}/metadata`, body: { metadata } });
    },
    async volumeAction(id, action) {
      await session.request({ service, method: 'POST', path: `${path('volumes', id)}/action`, body: action });
    },
    async deleteVolume(id) {
      await session.request({ service, method: 'DELETE', path: path('volumes', id) });
    },
    async createBackup(volumeId, name) {
      const backup = { volume_id: volumeId, name, force: true };
      const { id } = itemOf(await session.request({ service, method: 'POST', path: '/backups', body: { backup } }), 'backup');
      if (typeof id !== 'string') throw new Failure('unknown', 'block storage answered without the backup that it makes');
      return id;
    },
    async deleteBackup(id) {
      await session.request({ service, method: 'DELETE', path: path('backups', id) });
    },
    async restoreBackup(backupId, into) {
      const restore = 'volumeId' in into ? { volume_id: into.volumeId } : { name: into.name };
      const body = await session.request({ service, method: 'POST', path: `${path('backups', backupId)}/restore`, body: { restore } });
      const { volume_id: id } = itemOf(body, 'restore');
      if (typeof id !== 'string') throw new Failure('unknown', 'block storage answered without the volume that a backup is restored to');
      return id;
    },
  };
}

type Attaching = 'attachToServer' | 'detachFromServer' | 'serverAttachment';

function serverVolumes(session: Session): Pick<Cinder, Attaching> {
  const one = (serverId: string, volumeId: string): string => `${attachmentsPath(serverId)}/${encodeURIComponent(volumeId)}`;
  return {
    async attachToServer(serverId, volumeId, device) {
      const volumeAttachment = { volumeId, ...(device !== null && { device }) };
      const body = await session.request({
        service: 'compute',
        method: 'POST',
        path: attachmentsPath(serverId),
        body: { volumeAttachment },
      });
      const attachment = isJsonObject(body) && isJsonObject(body.volumeAttachment) ? body.volumeAttachment : {};
      return typeof attachment.id === 'string' ? attachment.id : volumeId;
    },
    async detachFromServer(serverId, volumeId) {
      await session.request({ service: 'compute', method: 'DELETE', path: one(serverId, volumeId) });
    },
    serverAttachment: (serverId, volumeId) =>
      nullIfGone(async () =>
        itemOf(await session.request({ service: 'compute', method: 'GET', path: one(serverId, volumeId) }), 'volumeAttachment'),
      ),
  };
}
