/** `AWS::EC2::NetworkInterface`: a port on a subnet. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { notThere, refusedLabels } from './not-there.ts';

export const ec2NetworkInterface = declaredType({
  name: 'AWS::EC2::NetworkInterface',
  doc: 'A port on a subnet, for instances.',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  properties: {
    SubnetId: p.string('Name or id of the subnet.', { required: true, constraints: [c.custom('neutron.subnet')] }),
    PrivateIpAddress: p.string('The address; the network chooses one unless given.'),
    GroupSet: p.list('Ids of security groups.', { updatable: true }),
    Description: p.string('Accepted, but not kept.'),
    SourceDestCheck: p.boolean('Not available.', notThere),
    Tags: refusedLabels,
  },
  attributes: { PrivateIpAddress: a.string('The address.') },
});
