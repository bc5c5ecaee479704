/** `OS::Ironic::Port`: a network card of a physical machine; for administrators. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const ironicPort = declaredType({
  name: 'OS::Ironic::Port',
  doc: 'A network card of a physical machine; for administrators.',
  support: { status: 'SUPPORTED', since: '13.0.0' },
  service: 'ironic',
  properties: {
    address: p.string('MAC address of the card.', { required: true, updatable: true }),
    extra: p.map('Any notes, by name.', { updatable: true }),
    is_smartnic: p.boolean('Whether the card has a processor of its own.', { updatable: true }),
    local_link_connection: p.map('Which switch and which of its ports the card is plugged into.', { updatable: true }),
    node: p.string('Name or id of the machine.', { required: true, updatable: true, constraints: [c.custom('ironic.node')] }),
    physical_network: p.string('Physical network that the card is plugged into.', { updatable: true }),
    portgroup: p.string('Name or id of the group that the card belongs to.', {
      updatable: true,
      constraints: [c.custom('ironic.portgroup')],
    }),
    pxe_enabled: p.boolean('Whether the machine may boot over this card.', { updatable: true }),
  },
  attributes: {
    address: a.string('MAC address of the card.'),
    extra: a.map('Any notes, by name.'),
    internal_info: a.map('What the service notes for itself.'),
    is_smartnic: a.boolean('Whether the card has a processor of its own.'),
    local_link_connection: a.map('Which switch and which of its ports the card is plugged into.'),
    node_uuid: a.string('Id of the machine.'),
    physical_network: a.string('Physical network that the card is plugged into.'),
    portgroup_uuid: a.string('Id of the group that the card belongs to.'),
    pxe_enabled: a.boolean('Whether the machine may boot over this card.'),
  },
});
