/** Backups of volumes: for snapshots, and for the deletion policy Snapshot. */
import { type Cloud, isNotFound } from '@hearth/cloud-openstack';
import { type Copying, done, ResourceFailed, wait } from '@hearth/resource-kit';
import { inError, statusOf, unknownStatus } from './volume-status.ts';

export const volumeBackups: Copying<Cloud> = {
  key: 'backup_id',
  async find({ cloud, physicalName }) {
    const named = await cloud.cinder.backupsNamed(physicalName);
    return named.filter((backup) => !LEAVING.has(statusOf(backup))).map(({ id }) => String(id));
  },
  async make({ cloud, physicalId, physicalName }) {
    return wait('backing up', { physicalId: await cloud.cinder.createBackup(physicalId, physicalName) });
  },
  async check({ cloud, physicalId }) {
    const backup = await cloud.cinder.getBackup(physicalId);
    if (backup === null) throw new ResourceFailed(`The backup ${physicalId} is gone`, 'NotFound');
    const status = statusOf(backup);
    if (status === 'available') return done();
    if (status === 'error') throw inError(status, String(backup.fail_reason ?? 'Unknown'));
    if (status !== 'creating') throw unknownStatus('backup', status);
    return wait(status);
  },
  delete: remove,
  async checkDelete(copy) {
    const backup = await copy.cloud.cinder.getBackup(copy.physicalId);
    if (backup === null) return done();
    const status = statusOf(backup);
    if (status === 'error_deleting') throw inError(status, 'delete');
    return LEAVING.has(status) ? wait(status) : remove(copy);
  },
  // What it was made from at first stays where it is written: another one would be another volume.
  restored: (props, backup) => ({ ...props, backup_id: backup }),
};

const LEAVING: ReadonlySet<string> = new Set(['deleting', 'deleted']);
/** In these Cinder deletes no backup. */
const BUSY: ReadonlySet<string> = new Set(['creating', 'restoring']);

async function remove({ cloud, physicalId }: { readonly cloud: Cloud; readonly physicalId: string }) {
  const backup = await cloud.cinder.getBackup(physicalId);
  if (backup === null) return done();
  const status = statusOf(backup);
  if (BUSY.has(status)) return wait(status);
  try {
    if (!LEAVING.has(status)) await cloud.cinder.deleteBackup(physicalId);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return wait('deleting');
}
