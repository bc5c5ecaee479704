/** `OS::Neutron::IPsecSiteConnection`: a VPN from one of our subnets to a site elsewhere. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { named, toldNames } from './common-properties.ts';

export const neutronIpsecSiteConnection = declaredType({
  name: 'OS::Neutron::IPsecSiteConnection',
  doc: 'A VPN from one of our subnets to a site elsewhere.',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  extension: 'vpnaas',
  properties: {
    ...named,
    admin_state_up: p.boolean('Whether the connection is used.', { updatable: true, default: true }),
    dpd: p.mapOf({
      actions: p.string('What happens then.', {
        default: 'hold',
        constraints: [c.oneOf('clear', 'disabled', 'hold', 'restart', 'restart-by-peer')],
      }),
      interval: p.integer('Seconds between two looks.', { default: 30 }),
      timeout: p.integer('Seconds without an answer after which the other end counts as dead; more than the interval.', { default: 120 }),
    })('How a dead other end is noticed.'),
    ikepolicy_id: p.string('Id of the IKE policy.', { required: true }),
    initiator: p.string('Whether we may begin too, or answer only.', {
      default: 'bi-directional',
      constraints: [c.oneOf('bi-directional', 'response-only')],
    }),
    ipsecpolicy_id: p.string('Id of the IPsec policy.', { required: true }),
    mtu: p.integer('Largest packet, in bytes.', { default: 1500 }),
    peer_address: p.string('Public address or host name of the other end.', { required: true }),
    peer_cidrs: p.listOf(p.string('', { constraints: [c.custom('net_cidr')] }))('Ranges behind the other end, such as 10.8.0.0/16.', {
      required: true,
    }),
    peer_id: p.string('What the other end calls itself; mostly its address.', { required: true }),
    psk: p.string('Secret that both ends know.', { required: true, secret: true }),
    vpnservice_id: p.string('Id of the VPN service on our side.', { required: true }),
  },
  attributes: {
    ...toldNames,
    admin_state_up: a.string('Whether the connection is used.'),
    auth_mode: a.string('How the ends prove who they are.'),
    dpd: a.map('How a dead other end is noticed.'),
    ikepolicy_id: a.string('Id of its IKE policy.'),
    initiator: a.string('Whether we may begin too.'),
    ipsecpolicy_id: a.string('Id of its IPsec policy.'),
    mtu: a.string('Largest packet, in bytes.'),
    peer_address: a.string('Public address of the other end.'),
    peer_cidrs: a.list('Ranges behind the other end.'),
    peer_id: a.string('What the other end calls itself.'),
    psk: a.string('Secret that both ends know.'),
    route_mode: a.string('How routes are made.'),
    status: a.string('What state it is in.'),
    vpnservice_id: a.string('Id of its VPN service.'),
  },
});
