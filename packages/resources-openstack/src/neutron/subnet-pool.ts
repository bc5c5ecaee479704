/** `OS::Neutron::SubnetPool`: ranges that subnets get their addresses from. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { named, ofProject, tagged } from './common-properties.ts';

export const neutronSubnetPool = declaredType({
  name: 'OS::Neutron::SubnetPool',
  doc: 'Ranges that subnets get their addresses from.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'subnet_allocation',
  properties: {
    address_scope: p.string('Name or id of its address scope.', { updatable: true, constraints: [c.custom('neutron.address_scope')] }),
    default_prefixlen: p.integer('Length of the prefix of subnets that ask for none.', {
      updatable: true,
      constraints: [c.range(0, null)],
    }),
    default_quota: p.integer(
      'How much of the pool one project may take: addresses for IPv4, /64 networks for IPv6; no limit if there is none.',
      { updatable: true, constraints: [c.range(0, null)] },
    ),
    is_default: p.boolean('Whether subnets that name no pool take from this one; for administrators.', { updatable: true, default: false }),
    max_prefixlen: p.integer('Longest prefix of a subnet.', { updatable: true, constraints: [c.range(0, null)] }),
    min_prefixlen: p.integer('Shortest prefix of a subnet.', { updatable: true, constraints: [c.range(0, null)] }),
    name: named.name,
    prefixes: p.listOf(p.string('', { constraints: [c.custom('net_cidr')] }))('The ranges; they may be added to, not taken away.', {
      required: true,
      updatable: true,
      constraints: [c.length(1, null)],
    }),
    shared: p.boolean('Whether all projects may use it; for administrators.', { default: false }),
    ...tagged,
    ...ofProject,
  },
  attributes: {},
  validate: boundsProblems,
});

interface Bounds {
  readonly min_prefixlen?: number | null;
  readonly default_prefixlen?: number | null;
  readonly max_prefixlen?: number | null;
}

/** Zero counts as not given. */
function boundsProblems(bounds: Bounds): readonly string[] {
  const pairs = [
    ['min_prefixlen', 'max_prefixlen'],
    ['default_prefixlen', 'max_prefixlen'],
    ['min_prefixlen', 'default_prefixlen'],
  ] as const;
  const wrong = pairs.find(([lower, upper]) => {
    const [low, high] = [bounds[lower] ?? 0, bounds[upper] ?? 0];
    return low > 0 && high > 0 && low > high;
  });
  if (wrong === undefined) return [];
  const [lower, upper] = wrong;
  return [`Illegal prefix bounds: ${upper}=${bounds[upper]}, ${lower}=${bounds[lower]}.`];
}
