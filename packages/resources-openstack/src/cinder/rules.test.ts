/** What types of volumes and quotas of block storage refuse. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { cinderQuota } from './quota.ts';
import { volume } from './volume.ts';
import { cinderVolumeType } from './volume-type.ts';

describe('a type of volumes', () => {
  const rows: PropertyRows = [
    ['for all', {}],
    ['for some projects', { is_public: false, projects: ['p'] }],
    ['for all and for some', { projects: ['p'] }, 'Can not specify property "projects" if the volume type is public.'],
    ['for some, and perhaps for all', { is_public: undefined, projects: ['p'] }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(cinderVolumeType, { name: 't', ...given })).toEqual(messages));
});

describe('a quota', () => {
  const needed = 'At least one of the following properties must be specified: gigabytes, snapshots, volumes, backups, backup_gigabytes.';
  const rows: PropertyRows = [
    ['of backups', { backups: 0 }],
    ['of nothing', {}, needed],
    ['of a number not known yet', { volumes: undefined }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(cinderQuota, { project: 'p', ...given })).toEqual(messages));
});

it('a volume takes what says that servers may share it, which is up to its type', () =>
  expect(propertyMessages(volume, { size: 1, multiattach: true })).toEqual([]));
