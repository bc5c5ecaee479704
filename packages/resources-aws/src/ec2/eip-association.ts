/** `AWS::EC2::EIPAssociation`: leads a floating IP to a server or a port. */
import { c, declaredType, isEmpty, isFilled, oneNeeded, p } from '@hearth/resource-kit';

export const ec2EipAssociation = declaredType({
  name: 'AWS::EC2::EIPAssociation',
  doc: 'Leads a floating IP to a server or a port: by address and server, or by id and either of them.',
  support: { status: 'SUPPORTED', since: null },
  service: 'nova',
  properties: {
    EIP: p.string('The address. Either this or AllocationId.', { updatable: true, constraints: [c.custom('ip_addr')] }),
    AllocationId: p.string('Id of the floating IP. Either this or EIP.', { updatable: true }),
    InstanceId: p.string('Id of the server; needed with EIP.', { updatable: true, constraints: [c.custom('nova.server')] }),
    NetworkInterfaceId: p.string('Id of the port; in place of a server.', { updatable: true }),
  },
  attributes: {},
  validate({ EIP: address, AllocationId: allocation, InstanceId: instance, NetworkInterfaceId: port }) {
    const isBoth = isFilled(address) && isFilled(allocation);
    const isNeither = isEmpty(address) && isEmpty(allocation);
    if (isBoth || isNeither) return ["Either 'EIP' or 'AllocationId' must be provided."];
    if (isFilled(address) && isEmpty(instance)) return ["Must specify 'InstanceId' if you specify 'EIP'."];
    return isEmpty(instance) && isEmpty(port) ? [oneNeeded('InstanceId', 'NetworkInterfaceId')] : [];
  },
});
