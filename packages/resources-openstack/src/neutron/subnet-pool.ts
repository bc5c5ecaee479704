/** `OS::Neutron::SubnetPool`: ranges that subnets get their addresses from. */
import { c, declaredType, isFilled, p } from '@hearth/resource-kit';
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
  const { min_prefixlen: min, default_prefixlen: usual, max_prefixlen: max } = bounds;
  const isAbove = (low: number | null | undefined, high: number | null | undefined): boolean =>
    isFilled(low) && isFilled(high) && Number(low) > Number(high);
  if (isAbove(min, max)) return [`Illegal prefix bounds: max_prefixlen=${max}, min_prefixlen=${min}.`];
  if (isAbove(usual, max)) return [`Illegal prefix bounds: max_prefixlen=${max}, default_prefixlen=${usual}.`];
  return isAbove(min, usual) ? [`Illegal prefix bounds: min_prefixlen=${min}, default_prefixlen=${usual}.`] : [];
}
