/** `AWS::EC2::SecurityGroup`: a security group with its rules. */
import { declaredType, p } from '@hearth/resource-kit';
import { notThere } from './not-there.ts';

const rules = p.listOf(
  p.mapOf({
    IpProtocol: p.string('The protocol: tcp, udp, icmp, or -1 for all.'),
    FromPort: p.string('First port; for icmp the type.'),
    ToPort: p.string('Last port; for icmp the code.'),
    CidrIp: p.string('Addresses on the other side, as a range.'),
    SourceSecurityGroupId: p.string('Id of the group that the other side must be in.'),
    SourceSecurityGroupName: p.string('Name of the group that the other side must be in.'),
    SourceSecurityGroupOwnerId: p.string('Not available.', notThere),
  })('One rule.'),
);

export const ec2SecurityGroup = declaredType({
  name: 'AWS::EC2::SecurityGroup',
  doc: 'A security group with its rules.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    GroupDescription: p.string('Free text.', { required: true }),
    VpcId: p.string('Accepted; groups belong to no network.'),
    SecurityGroupIngress: rules('What may come in.', { updatable: true }),
    SecurityGroupEgress: rules('What may go out; everything unless given.', { updatable: true }),
  },
  attributes: {},
});
