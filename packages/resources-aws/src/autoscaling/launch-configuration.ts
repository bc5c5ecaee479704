/** `AWS::AutoScaling::LaunchConfiguration`: what the servers of a group are like. */
import { c, declaredType, isEmpty, p } from '@hearth/resource-kit';
import { blockDevices, deviceProblems, schedulerHints } from '../ec2/disks.ts';
import { notThere } from '../ec2/not-there.ts';

export const launchConfiguration = declaredType({
  name: 'AWS::AutoScaling::LaunchConfiguration',
  doc: 'What the servers of a scaling group are like. Nothing is made by it.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    ImageId: p.string('Name or id of the image to boot from; needed unless there is an InstanceId.', {
      constraints: [c.custom('glance.image')],
    }),
    InstanceType: p.string('Name of the flavor; needed unless there is an InstanceId.', { constraints: [c.custom('nova.flavor')] }),
    InstanceId: p.string('A server to take image, flavor, key and groups from.', { constraints: [c.custom('nova.server')] }),
    KeyName: p.string('Name of the key pair that may log in.', { constraints: [c.custom('nova.keypair')] }),
    UserData: p.string('What the guests run when they first boot.'),
    SecurityGroups: p.list('Names of security groups.'),
    KernelId: p.string('Not available.', notThere),
    RamDiskId: p.string('Not available.', notThere),
    BlockDeviceMappings: blockDevices,
    NovaSchedulerHints: schedulerHints,
  },
  attributes: {},
  validate(props) {
    const devices = deviceProblems(props.BlockDeviceMappings);
    if (devices.length > 0) return devices;
    const isIncomplete = isEmpty(props.ImageId) || isEmpty(props.InstanceType);
    return isEmpty(props.InstanceId) && isIncomplete ? ['If without InstanceId, ImageId and InstanceType are required.'] : [];
  },
});
