/** `AWS::EC2::Instance`: a server, in CloudFormation's notation. */
import { a, c, conflict, declaredType, isFilled, labels, p } from '@hearth/resource-kit';
import { blockDevices, deviceProblems, schedulerHints } from './disks.ts';
import { notThere } from './not-there.ts';

export const ec2Instance = declaredType({
  name: 'AWS::EC2::Instance',
  doc: 'A server, in CloudFormation’s notation.',
  support: { status: 'SUPPORTED', since: null },
  service: 'nova',
  properties: {
    ImageId: p.string('Name or id of the image to boot from.', { required: true, constraints: [c.custom('glance.image')] }),
    InstanceType: p.string('Name of the flavor; another one resizes the server.', {
      required: true,
      updatable: true,
      constraints: [c.custom('nova.flavor')],
    }),
    KeyName: p.string('Name of the key pair that may log in.', { constraints: [c.custom('nova.keypair')] }),
    AvailabilityZone: p.string('Availability zone to run in.'),
    DisableApiTermination: p.string('Not available.', notThere),
    KernelId: p.string('Not available.', notThere),
    Monitoring: p.boolean('Not available.', notThere),
    PlacementGroupName: p.string('Not available.', notThere),
    PrivateIpAddress: p.string('Not available.', notThere),
    RamDiskId: p.string('Not available.', notThere),
    SourceDestCheck: p.boolean('Not available.', notThere),
    Tenancy: p.string('Not available.', { ...notThere, constraints: [c.oneOf('dedicated', 'default')] }),
    SecurityGroups: p.list('Names of security groups.'),
    SecurityGroupIds: p.list('Ids of security groups.'),
    NetworkInterfaces: p.list(
      'Ids of ports, or maps with NetworkInterfaceId and DeviceIndex. The ports have security groups of their own.',
      {
        updatable: true,
      },
    ),
    SubnetId: p.string('Id of the subnet to take an address from; ignored where there are NetworkInterfaces.', { updatable: true }),
    Tags: labels('Labels, kept as metadata of the server.', { updatable: true }),
    NovaSchedulerHints: schedulerHints,
    UserData: p.string('What the guest runs when it first boots.'),
    Volumes: p.listOf(
      p.mapOf({
        Device: p.string('Device in the guest, such as /dev/vdc.', { required: true }),
        VolumeId: p.string('Id of the volume.', { required: true, constraints: [c.custom('cinder.volume')] }),
      })('One volume.'),
    )('Volumes to attach.', { default: [] }),
    BlockDeviceMappings: blockDevices,
  },
  attributes: {
    AvailabilityZone: a.string('Zone that it runs in.'),
    PrivateDnsName: a.string('Its first address; there are no names.'),
    PublicDnsName: a.string('Its first address; there are no names.'),
    PrivateIp: a.string('Its first address.'),
    PublicIp: a.string('Its first address.'),
  },
  validate(props) {
    const hasGroups = isFilled(props.SecurityGroups) || isFilled(props.SecurityGroupIds);
    if (hasGroups && isFilled(props.NetworkInterfaces)) return [conflict('SecurityGroups/SecurityGroupIds', 'NetworkInterfaces')];
    return deviceProblems(props.BlockDeviceMappings);
  },
});
