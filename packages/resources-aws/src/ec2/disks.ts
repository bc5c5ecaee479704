/** Disks and scheduler hints of instances, as instances and launch configurations have them. */
import { c, isFilled, p } from '@hearth/resource-kit';
import { notThere } from './not-there.ts';

export const blockDevices = p.listOf(
  p.mapOf({
    DeviceName: p.string('Device of the disk, such as vdb.', { required: true }),
    Ebs: p.mapOf({
      DeleteOnTermination: p.boolean('Whether the disk goes with the instance.', { default: true }),
      Iops: p.number('Not available.', notThere),
      SnapshotId: p.string('Snapshot to make the disk from; needed.', { constraints: [c.custom('cinder.snapshot')] }),
      VolumeSize: p.string('Size in GB; that of the snapshot unless given.'),
      VolumeType: p.string('Not available.', notThere),
    })('The disk; needed.'),
    NoDevice: p.map('Not available.', notThere),
    VirtualName: p.string('Not available.', notThere),
  })('One disk.'),
)('Disks that are made from snapshots with the instance.');

export const schedulerHints = p.listOf(
  p.mapOf({
    Key: p.string('Name of the hint.', { required: true }),
    Value: p.string('What the hint says.', { required: true }),
  })('One hint.'),
)('Hints for the scheduler of the compute service.');

interface Device {
  readonly Ebs?: { readonly SnapshotId?: string | null } | null;
}

/** Disks come from snapshots only. Devices and parts of them that are not known yet are null or absent. */
export function deviceProblems(devices: readonly (Device | null)[] | null | undefined): readonly string[] {
  for (const device of devices ?? []) {
    if (device === null || device.Ebs === undefined) continue;
    if (device.Ebs === null) return ['Ebs is missing, this is required when specifying BlockDeviceMappings.'];
    if (device.Ebs.SnapshotId !== undefined && !isFilled(device.Ebs.SnapshotId))
      return ['SnapshotId is missing, this is required when specifying BlockDeviceMappings.'];
  }
  return [];
}
