/** `OS::Neutron::L2GatewayConnection`: connects a network to a layer 2 gateway. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const neutronL2GatewayConnection = declaredType({
  name: 'OS::Neutron::L2GatewayConnection',
  doc: 'Connects a network to a layer 2 gateway.',
  support: { status: 'SUPPORTED', since: '12.0.0' },
  service: 'neutron',
  extension: 'l2-gateway-connection',
  properties: {
    l2_gateway_id: p.string('Id of the gateway.', { required: true }),
    network_id: p.string('Name or id of the network.', { required: true, constraints: [c.custom('neutron.network')] }),
    segmentation_id: p.string("VLAN id on the gateway's ports; needed where these name none."),
  },
  attributes: {},
});
