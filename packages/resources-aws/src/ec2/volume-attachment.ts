/** `AWS::EC2::VolumeAttachment`: a disk in a server. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const ec2VolumeAttachment = declaredType({
  name: 'AWS::EC2::VolumeAttachment',
  doc: 'Attaches a disk to a server.',
  support: { status: 'SUPPORTED', since: null },
  service: 'cinder',
  properties: {
    InstanceId: p.string('Id of the server.', { required: true, immutable: true, constraints: [c.custom('nova.server')] }),
    VolumeId: p.string('Id of the disk.', { required: true, immutable: true, constraints: [c.custom('cinder.volume')] }),
    Device: p.string('Device in the guest, /dev/vdb to /dev/vdz; the hypervisor may choose another.', {
      required: true,
      immutable: true,
      constraints: [c.pattern('/dev/vd[b-z]')],
    }),
  },
  attributes: {},
});
