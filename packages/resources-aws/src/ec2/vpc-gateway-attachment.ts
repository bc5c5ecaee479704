/** `AWS::EC2::VPCGatewayAttachment`: connects the routers of a VPC to the external network. */
import type { Json, JsonObject } from '@hearth/kernel';
import { declaredType, p } from '@hearth/resource-kit';
import { notThere } from './not-there.ts';

const vpcOf = ({ VpcId }: JsonObject): Json | undefined => VpcId;

export const ec2VpcGatewayAttachment = declaredType({
  name: 'AWS::EC2::VPCGatewayAttachment',
  doc: 'Connects all routers of a VPC to the external network.',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  properties: {
    VpcId: p.string('The VPC, as `Ref` of it.', { required: true }),
    InternetGatewayId: p.string('The gateway, as `Ref` of an AWS::EC2::InternetGateway.'),
    VpnGatewayId: p.string('Not available.', notThere),
  },
  attributes: {},
  /** Routers are what is connected, so all route tables of the VPC come first. */
  alsoRequires: ({ properties }, others) => others.having('AWS::EC2::RouteTable', vpcOf, properties['VpcId']).map(({ name }) => name),
});
