/** `OS::Senlin::Cluster`: a group of like things that is managed as one. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

interface Sizes {
  readonly min_size?: number;
  readonly max_size?: number;
  readonly desired_capacity?: number;
}

/** A largest size of -1 is none. What is not known yet is within any bounds. */
function sizeProblems({ min_size: min, max_size: max, desired_capacity: desired }: Sizes): readonly string[] {
  const isAbove = (size: number | undefined): boolean => size !== undefined && max !== undefined && max !== -1 && size > max;
  if (isAbove(min)) return ['min_size can not be greater than max_size'];
  const isBelow = desired !== undefined && min !== undefined && desired < min;
  return isBelow || isAbove(desired) ? ['desired_capacity must be between min_size and max_size'] : [];
}

export const senlinCluster = declaredType({
  name: 'OS::Senlin::Cluster',
  doc: 'A group of like things that is managed as one.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'senlin',
  properties: {
    desired_capacity: p.integer('How many nodes there should be.', { updatable: true, default: 0 }),
    max_size: p.integer('At most so many nodes; -1: any number.', { updatable: true, default: -1, constraints: [c.range(-1, null)] }),
    metadata: p.map('Any notes, by name.', { updatable: true, default: {} }),
    min_size: p.integer('At least so many nodes.', { updatable: true, default: 0, constraints: [c.range(0, null)] }),
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    policies: p.listOf(
      p.mapOf({
        enabled: p.boolean('Whether the policy is in force.', { default: true }),
        policy: p.string('Name or id of the policy.', { required: true, constraints: [c.custom('senlin.policy')] }),
      })('One policy.'),
    )('Policies that hold for the cluster.', { updatable: true, default: [] }),
    profile: p.string('Name or id of the profile that nodes are made from.', {
      required: true,
      updatable: true,
      constraints: [c.custom('senlin.profile')],
    }),
    timeout: p.integer('How long a change of the cluster may take, in seconds.', { updatable: true, constraints: [c.range(0, null)] }),
  },
  attributes: {
    collect: a.list('One value of every node: the path that follows says which, as a JSONPath.', { cache: 'live' }),
    desired_capacity: a.integer('How many nodes there should be.'),
    max_size: a.integer('At most so many nodes.'),
    metadata: a.map('Any notes, by name.'),
    min_size: a.integer('At least so many nodes.'),
    name: a.string('The name.'),
    nodes: a.list('Ids of the nodes.', { cache: 'live' }),
    policies: a.list('Policies that hold for the cluster.'),
  },
  validate: sizeProblems,
});
