/** `OS::Heat::InstanceGroup`: a fixed number of servers alike, in the older notation. */
import { a, declaredType, instanceRolling, labels, launchConfigurationProblems, p, pauseProblems } from '@hearth/resource-kit';

export const instanceGroup = declaredType({
  name: 'OS::Heat::InstanceGroup',
  doc: 'A number of servers alike, made after a launch configuration.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    AvailabilityZones: p.list('Zones; only there for the sake of old templates.', { required: true }),
    LaunchConfigurationName: p.string('What the servers are like: `get_resource` of an AWS::AutoScaling::LaunchConfiguration.', {
      required: true,
      updatable: true,
    }),
    Size: p.integer('How many servers.', { required: true, updatable: true }),
    LoadBalancerNames: p.list('Load balancers that are told of the servers: AWS::ElasticLoadBalancing::LoadBalancer.'),
    Tags: labels('Labels of every server.'),
  },
  attributes: { InstanceList: a.string('Addresses of the servers, with commas between them.') },
  updatePolicy: { RollingUpdate: instanceRolling },
  validateUpdatePolicy: ({ RollingUpdate }) => pauseProblems(RollingUpdate),
  validateAmong: launchConfigurationProblems,
});
