/** `AWS::EC2::VPC`: a network with a router of the same name. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { notThere, refusedLabels } from './not-there.ts';

export const ec2Vpc = declaredType({
  name: 'AWS::EC2::VPC',
  doc: 'A private network with a router; AWS::EC2::Subnet gives it addresses.',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  properties: {
    CidrBlock: p.string('Accepted; the addresses are those of the subnets.'),
    InstanceTenancy: p.string('Not available.', { ...notThere, default: 'default', constraints: [c.oneOf('default', 'dedicated')] }),
    Tags: refusedLabels,
  },
  attributes: {},
});
