/** `AWS::EC2::SubnetRouteTableAssociation`: gives a subnet another router. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const ec2SubnetRouteTableAssociation = declaredType({
  name: 'AWS::EC2::SubnetRouteTableAssociation',
  doc: 'Moves a subnet from the router it has to that of a route table.',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  properties: {
    RouteTableId: p.string('The route table, as `Ref` of it.', { required: true }),
    SubnetId: p.string('Name or id of the subnet.', { required: true, constraints: [c.custom('neutron.subnet')] }),
  },
  attributes: {},
});
