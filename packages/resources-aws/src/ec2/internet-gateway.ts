/** `AWS::EC2::InternetGateway`: stands for the external network. */
import { declaredType } from '@hearth/resource-kit';
import { refusedLabels } from './not-there.ts';

export const ec2InternetGateway = declaredType({
  name: 'AWS::EC2::InternetGateway',
  doc: 'Stands for the external network; AWS::EC2::VPCGatewayAttachment connects a VPC to it.',
  support: { status: 'SUPPORTED', since: null },
  properties: { Tags: refusedLabels },
  attributes: {},
});
