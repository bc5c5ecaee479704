/** The backup that stays when a volume with the deletion policy Snapshot is deleted. */
import type { Cloud } from '@hearth/cloud-openstack';
import { done, type Live, type Progress, wait } from '@hearth/resource-kit';
import { inError, statusOf, unknownStatus } from './volume-status.ts';

/** It bears the volume's physical name, by which one that an interrupted call began is found. */
export async function keepBackup({
  cloud,
  physicalId,
  physicalName,
}: Pick<Live<Cloud>, 'cloud' | 'physicalId' | 'physicalName'>): Promise<Progress> {
  const [backup] = await cloud.cinder.backupsNamed(physicalName);
  if (backup === undefined) {
    await cloud.cinder.createBackup(physicalId, physicalName);
    return wait('backing up');
  }
  const status = statusOf(backup);
  if (status === 'available') return done();
  if (status === 'error') throw inError(status, String(backup.fail_reason ?? 'Unknown'));
  if (status !== 'creating') throw unknownStatus('backup', status);
  return wait(status);
}
