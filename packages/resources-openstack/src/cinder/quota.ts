/** `OS::Cinder::Quota`: how much of the block storage service a project may use. */
import { c, declaredType, oneNeeded, p } from '@hearth/resource-kit';
import { limit } from '../quota-limit.ts';

const LIMITS = ['gigabytes', 'snapshots', 'volumes', 'backups', 'backup_gigabytes'] as const;

export const cinderQuota = declaredType({
  name: 'OS::Cinder::Quota',
  doc: 'How much of the block storage service a project may use; for administrators.',
  support: { status: 'SUPPORTED', since: '7.0.0' },
  service: 'cinder',
  extension: 'os-quota-sets',
  properties: {
    project: p.string('Name or id of the project.', { required: true, constraints: [c.custom('keystone.project')] }),
    gigabytes: limit('GB all volumes and snapshots together may have'),
    volumes: limit('volumes'),
    snapshots: limit('snapshots'),
    backups: limit('backups'),
    backup_gigabytes: limit('GB all backups together may have'),
  },
  attributes: {},
  validate: (props) => (LIMITS.every((name) => props[name] === null) ? [oneNeeded(...LIMITS)] : []),
});
