/** The extensions whose calls and attributes this network service has; clients look here before they use them. */
const named: readonly (readonly [alias: string, name: string])[] = [
  ['allowed-address-pairs', 'Allowed Address Pairs'],
  ['availability_zone', 'Availability Zone'],
  ['binding', 'Port Binding'],
  ['dns-integration', 'DNS Integration'],
  ['external-net', 'External networks'],
  ['extra_dhcp_opt', 'DHCP options for a port'],
  ['net-mtu', 'Network MTU'],
  ['net-mtu-writable', 'Network MTU (writable)'],
  ['network_availability_zone', 'Network Availability Zone'],
  ['pagination', 'Pagination'],
  ['port-security', 'Port Security'],
  ['project-id', 'project_id attribute'],
  ['provider', 'Provider Network'],
  ['quotas', 'Quotas'],
  ['security-group', 'Security groups'],
  ['sorting', 'Sorting'],
  ['standard-attr-description', 'Descriptions'],
  ['standard-attr-revisions', 'Revision numbers'],
  ['standard-attr-tag', 'Tags'],
  ['standard-attr-timestamp', 'Timestamps'],
  ['stateful-security-group', 'Stateful security groups'],
];

export const extensions = named.map(([alias, name]) => ({
  name,
  alias,
  description: `${name}.`,
  updated: '2026-01-01T00:00:00-00:00',
  links: [] as readonly string[],
}));
