/** Which combinations the types of CloudFormation refuse, and in which words. What is not known yet (`undefined`) is no mistake. */
import { otherDefinitions } from '@hearth/resource-kit';
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { awsAutoScalingGroup } from './autoscaling/auto-scaling-group.ts';
import { launchConfiguration } from './autoscaling/launch-configuration.ts';
import { awsScalingPolicy } from './autoscaling/scaling-policy.ts';
import { ec2EipAssociation } from './ec2/eip-association.ts';
import { ec2Instance } from './ec2/instance.ts';
import { ec2Vpc } from './ec2/vpc.ts';
import { ec2VpcGatewayAttachment } from './ec2/vpc-gateway-attachment.ts';
import { awsLoadBalancer } from './elastic-load-balancing/load-balancer.ts';

const NO_SNAPSHOT = 'SnapshotId is missing, this is required when specifying BlockDeviceMappings.';
const NO_DISK = 'Ebs is missing, this is required when specifying BlockDeviceMappings.';

describe('a scaling group', () => {
  const whole = { AvailabilityZones: ['nova'], MinSize: 1, MaxSize: 3 };
  const either = "Either 'InstanceId' or 'LaunchConfigurationName' must be provided.";
  const rows: PropertyRows = [
    ['like a launch configuration', { LaunchConfigurationName: 'c' }],
    ['like a server', { InstanceId: 'i' }],
    ['like nothing', {}, either],
    ['like both', { InstanceId: 'i', LaunchConfigurationName: 'c' }, either],
    ['like something not known yet', { LaunchConfigurationName: undefined }],
    ['on a subnet', { InstanceId: 'i', VPCZoneIdentifier: ['a'] }],
    ['on two subnets', { InstanceId: 'i', VPCZoneIdentifier: ['a', 'b'] }, 'Anything other than one VPCZoneIdentifier is not supported.'],
    ['of sizes in no order', { InstanceId: 'i', MinSize: 4 }, 'MinSize can not be greater than MaxSize'],
    ['of less than nothing', { InstanceId: 'i', MinSize: -1 }, 'The size of AutoScalingGroup can not be less than zero'],
    ['that wants too many', { InstanceId: 'i', DesiredCapacity: 4 }, 'DesiredCapacity must be between MinSize and MaxSize'],
    ['looked at in a way that is not there', { InstanceId: 'i', HealthCheckType: 'EC2' }, 'Property HealthCheckType not implemented yet'],
  ];
  it.each(rows)('%s', (_what, given, ...messages) =>
    expect(propertyMessages(awsAutoScalingGroup, { ...whole, ...given })).toEqual(messages),
  );
  it('pauses for an hour at most', () => {
    const policy = (pause: string) => awsAutoScalingGroup.validateUpdatePolicy?.({ AutoScalingRollingUpdate: { PauseTime: pause } });
    expect(policy('PT30M')).toEqual([]);
    expect(policy('PT2H')).toEqual(['Maximum PauseTime is 1 hour.']);
  });
});

describe('a launch configuration', () => {
  const whole = { ImageId: 'i', InstanceType: 'f' };
  const incomplete = 'If without InstanceId, ImageId and InstanceType are required.';
  const rows: PropertyRows = [
    ['of an image and a flavor', whole],
    ['like a server', { InstanceId: 's' }],
    ['of an image only', { ImageId: 'i' }, incomplete],
    ['of nothing', {}, incomplete],
    ['like a server not known yet', { InstanceId: undefined }],
    ['with a disk of a snapshot', { ...whole, BlockDeviceMappings: [{ DeviceName: 'vdb', Ebs: { SnapshotId: 's' } }] }],
    ['with a disk of a snapshot not known yet', { ...whole, BlockDeviceMappings: [{ DeviceName: 'vdb', Ebs: { SnapshotId: undefined } }] }],
    ['with an empty disk', { ...whole, BlockDeviceMappings: [{ DeviceName: 'vdb', Ebs: { VolumeSize: 1 } }] }, NO_SNAPSHOT],
    ['with a device alone', { ...whole, BlockDeviceMappings: [{ DeviceName: 'vdb' }] }, NO_DISK],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(launchConfiguration, given)).toEqual(messages));
});

describe('a scaling policy', () => {
  const whole = { AutoScalingGroupName: 'g', ScalingAdjustment: 1, MinAdjustmentStep: 1 };
  const rows: PropertyRows = [
    ['with a step of a percentage', { AdjustmentType: 'PercentChangeInCapacity' }],
    [
      'with a step of something else',
      { AdjustmentType: 'ExactCapacity' },
      'MinAdjustmentStep property should only be specified for AdjustmentType with value PercentChangeInCapacity.',
    ],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(awsScalingPolicy, { ...whole, ...given })).toEqual(messages));
});

describe('an instance', () => {
  const whole = { ImageId: 'i', InstanceType: 'f' };
  const conflict = 'Cannot define the following properties at the same time: SecurityGroups/SecurityGroupIds, NetworkInterfaces.';
  const rows: PropertyRows = [
    ['with groups', { SecurityGroups: ['g'] }],
    ['with interfaces', { NetworkInterfaces: ['p'] }],
    ['with groups and interfaces', { SecurityGroups: ['g'], NetworkInterfaces: ['p'] }, conflict],
    ['with groups by id and interfaces', { SecurityGroupIds: ['g'], NetworkInterfaces: ['p'] }, conflict],
    ['with groups not known yet', { SecurityGroups: undefined, NetworkInterfaces: ['p'] }],
    ['with a device alone', { BlockDeviceMappings: [{ DeviceName: 'vdb' }] }, NO_DISK],
    ['with a kernel', { KernelId: 'k' }, 'Property KernelId not implemented yet'],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(ec2Instance, { ...whole, ...given })).toEqual(messages));
});

describe('an association of an address', () => {
  const either = "Either 'EIP' or 'AllocationId' must be provided.";
  const rows: PropertyRows = [
    ['by address', { EIP: '192.0.2.1', InstanceId: 'i' }],
    ['by id, to a port', { AllocationId: 'a', NetworkInterfaceId: 'p' }],
    ['of nothing', { InstanceId: 'i' }, either],
    ['by both', { EIP: '192.0.2.1', AllocationId: 'a', InstanceId: 'i' }, either],
    ['by address, to a port', { EIP: '192.0.2.1', NetworkInterfaceId: 'p' }, "Must specify 'InstanceId' if you specify 'EIP'."],
    [
      'by id, to nothing',
      { AllocationId: 'a' },
      'At least one of the following properties must be specified: InstanceId, NetworkInterfaceId.',
    ],
    ['of something not known yet', { EIP: undefined, InstanceId: undefined }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(ec2EipAssociation, given)).toEqual(messages));
});

describe('a load balancer', () => {
  const whole = { AvailabilityZones: ['nova'], Listeners: [{ InstancePort: 80, LoadBalancerPort: 80, Protocol: 'HTTP' }] };
  const check = { HealthyThreshold: 1, UnhealthyThreshold: 1, Target: 'HTTP:80/', Interval: 5, Timeout: 5 };
  const rows: PropertyRows = [
    ['without looks', {}],
    ['that waits as long as it pauses', { HealthCheck: check }],
    ['that waits longer than it pauses', { HealthCheck: { ...check, Timeout: 6 } }, 'Interval must be larger than Timeout'],
    ['whose pause is not known yet', { HealthCheck: { ...check, Interval: undefined } }],
    [
      'with policies of a listener',
      { Listeners: [{ ...whole.Listeners[0], PolicyNames: [] }] },
      'Property PolicyNames not implemented yet',
    ],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(awsLoadBalancer, { ...whole, ...given })).toEqual(messages));
});

describe('a VPC', () => {
  const rows: PropertyRows = [
    ['with no labels', { Tags: [] }],
    ['with labels', { Tags: [{ Key: 'a', Value: 'b' }] }, 'Property 0 not implemented yet'],
    ['with hosts of its own', { InstanceTenancy: 'default' }, 'Property InstanceTenancy not implemented yet'],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(ec2Vpc, given)).toEqual(messages));
});

describe('the attachment of a gateway', () => {
  const table = (name: string, vpc: string) => ({ name, type: 'AWS::EC2::RouteTable', properties: { VpcId: { Ref: vpc } } });
  const others = otherDefinitions([table('one', 'mine'), table('two', 'other'), table('three', 'mine')]);
  const requires = (properties: object) =>
    ec2VpcGatewayAttachment.alsoRequires?.({ name: 'a', type: ec2VpcGatewayAttachment.name, properties: { ...properties } }, others);
  it('comes after the route tables of its VPC', () => expect(requires({ VpcId: { Ref: 'mine' } })).toEqual(['one', 'three']));
  it('without a VPC comes after none', () => expect(requires({})).toEqual([]));
});
