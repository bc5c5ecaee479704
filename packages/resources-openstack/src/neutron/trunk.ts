/** `OS::Neutron::Trunk`: brings several networks to one server: subports, told apart by VLAN ids, behind the port that the server has. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { named } from './common-properties.ts';

export const neutronTrunk = declaredType({
  name: 'OS::Neutron::Trunk',
  doc: 'Brings several networks to one server: subports, told apart by VLAN ids, behind the port that the server has.',
  support: { status: 'SUPPORTED', since: '9.0.0' },
  service: 'neutron',
  extension: 'trunk',
  properties: {
    ...named,
    admin_state_up: p.boolean('Whether subports may be added and removed.', { updatable: true }),
    port: p.string("Name or id of the server's port.", { required: true, immutable: true, constraints: [c.custom('neutron.port')] }),
    sub_ports: p.listOf(
      p.mapOf({
        port: p.string('Name or id of the port.', { required: true, constraints: [c.custom('neutron.port')] }),
        segmentation_id: p.integer('VLAN id that the server sees it by.', { required: true, constraints: [c.range(1, 4094)] }),
        segmentation_type: p.string('How it is told apart.', { required: true, constraints: [c.oneOf('vlan')] }),
      })(''),
    )('The subports; a change adds and removes only those that differ.', { updatable: true }),
  },
  attributes: {
    port_id: a.string("Id of the server's port."),
  },
});
