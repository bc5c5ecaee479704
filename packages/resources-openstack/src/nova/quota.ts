/** `OS::Nova::Quota`: how much of the compute service a project may use. */
import { c, declaredType, oneNeeded, p } from '@hearth/resource-kit';
import { limit } from '../quota-limit.ts';

const INJECTION = { status: 'DEPRECATED', since: '14.0.0', message: 'the compute service is about to give up injecting files' } as const;

const limits = {
  cores: limit('virtual processors'),
  fixed_ips: limit('fixed IPs'),
  floating_ips: limit('floating IPs'),
  injected_file_content_bytes: { ...limit('bytes an injected file may have'), support: INJECTION },
  injected_file_path_bytes: { ...limit('bytes the path of an injected file may have'), support: INJECTION },
  injected_files: { ...limit('files may be injected'), support: INJECTION },
  instances: limit('servers'),
  key_pairs: limit('key pairs a user may have'),
  metadata_items: limit('keys the metadata of a server may have'),
  ram: limit('MB of memory all servers together may have'),
  security_group_rules: limit('rules a security group may have'),
  security_groups: limit('security groups'),
  server_group_members: limit('servers a group may have'),
  server_groups: limit('groups of servers'),
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
