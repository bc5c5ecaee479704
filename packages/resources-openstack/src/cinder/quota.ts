/** `OS::Cinder::Quota`: how much of the block storage service a project may use. */
import { c, declaredType, oneNeeded, p } from '@hearth/resource-kit';

const LIMITS = ['gigabytes', 'snapshots', 'volumes', 'backups', 'backup_gigabytes'] as const;
const most = (what: string) => p.integer(`${what}; -1: any number.`, { updatable: true, constraints: [c.range(-1, null)] });

export const cinderQuota = declaredType({
  name: 'OS::Cinder::Quota',
  doc: 'How much of the block storage service a project may use; for administrators.',
  support: { status: 'SUPPORTED', since: '7.0.0' },
  service: 'cinder',
  extension: 'os-quota-sets',
  properties: {
    project: p.string('Name or id of the project.', { required: true, constraints: [c.custom('keystone.project')] }),
    gigabytes: most('Size of all volumes and snapshots in GB'),
    volumes: most('How many volumes'),
    snapshots: most('How many snapshots'),
    backups: most('How many backups'),
    backup_gigabytes: most('Size of all backups in GB'),
  },
  attributes: {},
  validate: (props) => (LIMITS.every((name) => props[name] === null) ? [oneNeeded(...LIMITS)] : []),
});
