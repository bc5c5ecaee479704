/** `AWS::EC2::RouteTable`: a router of its own in a VPC. */
import { declaredType, p } from '@hearth/resource-kit';
import { refusedLabels } from './not-there.ts';

export const ec2RouteTable = declaredType({
  name: 'AWS::EC2::RouteTable',
  doc: 'A router in a VPC, with the gateway that the VPC has.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'neutron',
  properties: {
    VpcId: p.string('The VPC, as `Ref` of it.', { required: true }),
    Tags: refusedLabels,
  },
  attributes: {},
});
