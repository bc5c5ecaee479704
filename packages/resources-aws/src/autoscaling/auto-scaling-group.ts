/** `AWS::AutoScaling::AutoScalingGroup`: as many servers alike as scaling policies want. */
import {
  a,
  c,
  declaredType,
  instanceRolling,
  isEmpty,
  isFilled,
  labels,
  launchConfigurationProblems,
  p,
  pauseProblems,
  sizeProblems,
} from '@hearth/resource-kit';
import { notThere } from '../ec2/not-there.ts';

export const awsAutoScalingGroup = declaredType({
  name: 'AWS::AutoScaling::AutoScalingGroup',
  doc: 'Servers alike, as many as scaling policies ask for, within limits.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  properties: {
    AvailabilityZones: p.list('Zones; only there for the sake of old templates.', { required: true }),
    LaunchConfigurationName: p.string(
      'What the servers are like: `Ref` of an AWS::AutoScaling::LaunchConfiguration. Either this or InstanceId.',
      {
        updatable: true,
      },
    ),
    InstanceId: p.string('A server that the others shall be like. Either this or LaunchConfigurationName.', {
      constraints: [c.custom('nova.server')],
    }),
    MaxSize: p.integer('The most servers there may be.', { required: true, updatable: true }),
    MinSize: p.integer('The fewest servers there may be.', { required: true, updatable: true }),
    DesiredCapacity: p.integer('With how many servers it begins, or goes on; MinSize unless given.', { updatable: true }),
    Cooldown: p.integer('Seconds after a change in which scaling policies are ignored.', { updatable: true }),
    HealthCheckGracePeriod: p.integer('Not available.', notThere),
    HealthCheckType: p.string('Not available.', { ...notThere, constraints: [c.oneOf('EC2', 'ELB')] }),
    LoadBalancerNames: p.list('Load balancers that are told of the servers.'),
    VPCZoneIdentifier: p.listOf(p.string('Id of a subnet.'))('The subnet of the servers, as a list of one.'),
    Tags: labels('Labels of every server.'),
  },
  attributes: { InstanceList: a.string('Addresses of the servers, with commas between them.') },
  updatePolicy: { AutoScalingRollingUpdate: instanceRolling },
  validateUpdatePolicy: ({ AutoScalingRollingUpdate }) => pauseProblems(AutoScalingRollingUpdate),
  validateAmong: launchConfigurationProblems,
  validate(props) {
    const { VPCZoneIdentifier: subnets, InstanceId: instance, LaunchConfigurationName: configuration } = props;
    const sizes = sizeProblems({ min: props.MinSize, max: props.MaxSize, desired: props.DesiredCapacity });
    if (sizes.length > 0) return sizes;
    if ((subnets ?? []).length > 1) return ['Anything other than one VPCZoneIdentifier is not supported.'];
    const isBoth = isFilled(instance) && isFilled(configuration);
    const isNeither = isEmpty(instance) && isEmpty(configuration);
    return isBoth || isNeither ? ["Either 'InstanceId' or 'LaunchConfigurationName' must be provided."] : [];
  },
});
