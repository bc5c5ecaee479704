/** `AWS::EC2::Volume`: a disk of its own, kept by the block storage service. */
import { c, declaredType, labels, p } from '@hearth/resource-kit';

export const ec2Volume = declaredType({
  name: 'AWS::EC2::Volume',
  doc: 'A disk of its own, kept by the block storage service.',
  support: { status: 'SUPPORTED', since: null },
  service: 'cinder',
  canSnapshot: true,
  properties: {
    AvailabilityZone: p.string('Zone that the disk is made in.', { required: true, immutable: true }),
    Size: p.integer('Size in GB; needed where no snapshot is given.', { immutable: true, constraints: [c.range(1, null)] }),
    SnapshotId: p.string('Id of the backup that the disk begins with.', { immutable: true, constraints: [c.custom('cinder.backup')] }),
    Tags: labels('Labels that are kept with the disk.', { immutable: true }),
  },
  attributes: {},
});
