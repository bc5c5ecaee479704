/** Which routers and interfaces floating IPs and associations wait for, by template. */
import type { JsonObject } from '@hearth/kernel';
import { otherDefinitions } from '@hearth/resource-kit';
import { expect, test } from 'vitest';
import { associationOrder, floatingIpOrder } from './floating-order.ts';

const one = (name: string, type: string, properties: JsonObject) => ({ name, type: `OS::Neutron::${type}`, properties });
const others = otherDefinitions([
  one('router', 'Router', { external_gateway_info: { network: 'public' } }),
  one('other_router', 'Router', { external_gateway_info: { network: 'elsewhere' } }),
  one('inner_router', 'Router', {}),
  one('near', 'RouterInterface', { router: { get_resource: 'router' }, subnet: { get_resource: 'subnet' } }),
  one('far', 'RouterInterface', { router: { get_resource: 'router' }, subnet_id: { get_resource: 'far_subnet' } }),
  one('placed', 'Port', { network: 'n', fixed_ips: [{ subnet: { get_resource: 'subnet' } }] }),
  one('anywhere', 'Port', { network: 'n' }),
]);
const port = (name: string) => ({ get_resource: name });

test.each([
  ['a port that names its subnet', { floating_network: 'public', port_id: port('placed') }, ['router', 'near']],
  ['a port that may be anywhere', { floating_network: 'public', port_id: port('anywhere') }, ['router', 'near', 'far']],
  ['the older name of the network', { floating_network_id: 'public' }, ['router']],
  ['a port of another stack', { floating_network: 'other', port_id: 'some-id' }, []],
])('floating IP: %s', (_name, properties, expected) => {
  expect(floatingIpOrder(one('ip', 'FloatingIP', properties), others)).toEqual(expected);
});

test.each([
  ['a port that names its subnet', { floatingip_id: 'x', port_id: port('placed') }, ['near']],
  ['by an attribute of the port', { floatingip_id: 'x', port_id: { get_attr: ['placed', 'id'] } }, ['near']],
  ['a port that may be anywhere', { floatingip_id: 'x', port_id: port('anywhere') }, []],
])('association: %s', (_name, properties, expected) => {
  expect(associationOrder(one('a', 'FloatingIPAssociation', properties), others)).toEqual(expected);
});
