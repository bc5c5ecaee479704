/** `AWS::EC2::Subnet`: a subnet of a VPC, connected to its router. */
import { a, declaredType, p } from '@hearth/resource-kit';
import { refusedLabels } from './not-there.ts';

export const ec2Subnet = declaredType({
  name: 'AWS::EC2::Subnet',
  doc: 'A subnet of a VPC, connected to the router of the VPC.',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  properties: {
    VpcId: p.string('The VPC, as `Ref` of it.', { required: true }),
    CidrBlock: p.string('The range of addresses.', { required: true }),
    AvailabilityZone: p.string('Accepted; a subnet is in every zone.'),
    Tags: refusedLabels,
  },
  attributes: { AvailabilityZone: a.string('The zone that was given.') },
});
