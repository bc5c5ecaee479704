/** `OS::Nova::Quota`: how much of the compute service a project may use. */
import { c, declaredType, oneNeeded, p } from '@hearth/resource-kit';

const INJECTION = { status: 'DEPRECATED', since: '14.0.0', message: 'the compute service is about to give up injecting files' } as const;
const most = (what: string, more: { readonly support?: typeof INJECTION } = {}) =>
  p.integer(`${what}; -1: any number.`, { updatable: true, constraints: [c.range(-1, null)], ...more });

const limits = {
  cores: most('How many virtual processors'),
  fixed_ips: most('How many fixed IPs'),
  floating_ips: most('How many floating IPs'),
  injected_file_content_bytes: most('Size of an injected file in bytes', { support: INJECTION }),
  injected_file_path_bytes: most('Length of the path of an injected file in bytes', { support: INJECTION }),
  injected_files: most('How many files may be injected', { support: INJECTION }),
  instances: most('How many servers'),
  key_pairs: most('How many key pairs a user may have'),
  metadata_items: most('How many keys the metadata of a server may have'),
  ram: most('Memory of all servers in MB'),
  security_group_rules: most('How many rules a security group may have'),
  security_groups: most('How many security groups'),
  server_group_members: most('How many servers a group may have'),
  server_groups: most('How many groups of servers'),
};

export const novaQuota = declaredType({
  name: 'OS::Nova::Quota',
  doc: 'How much of the compute service a project may use; for administrators.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'nova',
  properties: {
    project: p.string('Name or id of the project.', { required: true, constraints: [c.custom('keystone.project')] }),
    ...limits,
  },
  attributes: {},
  validate: (props) => (isNothingLimited(props) ? [oneNeeded(...LIMITS)] : []),
});

const LIMITS = Object.keys(limits) as readonly (keyof typeof limits)[];
const isNothingLimited = (props: { readonly [K in keyof typeof limits]?: number | null }): boolean =>
  LIMITS.every((name) => props[name] === null);
