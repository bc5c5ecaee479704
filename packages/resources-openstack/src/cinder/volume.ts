/** `OS::Cinder::Volume`: a block storage volume. Here its schema and life; requests, rules and changes have files of their own. */
import { isNotFound, type Cloud } from '@hearth/cloud-openstack';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { a, c, done, type Live, p, type Progress, ResourceFailed, wait } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { beginUpdate, continueUpdate } from './volume-changes.ts';
import { volumeBackups } from './volume-copy.ts';
import { findVolumes, finishVolume, makeVolume, MARK } from './volume-request.ts';
import { volumeProblems } from './volume-rules.ts';
import { inError, livingVolume, statusOf, unknownStatus } from './volume-status.ts';
import { liveVolume, volumeIds } from './volume-live.ts';

export const volume = openstackType({
  name: 'OS::Cinder::Volume',
  doc: 'A block storage volume.',
  service: 'cinder',
  properties: {
    availability_zone: p.string('Availability zone to keep it in.'),
    size: p.integer('Size in GB. May grow later; where the volume is attached, it is taken off meanwhile.', {
      updatable: true,
      constraints: [c.range(1, null)],
    }),
    snapshot_id: p.string('Id of a snapshot to make it from.', { constraints: [c.custom('cinder.snapshot')] }),
    backup_id: p.string('Id of a backup to make it from; another one later is restored into it.', {
      updatable: true,
      constraints: [c.custom('cinder.backup')],
    }),
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    description: p.string('Free text.', { updatable: true }),
    volume_type: p.string('Name or id of the volume type. Another one later never moves the data.', {
      updatable: true,
      constraints: [c.custom('cinder.vtype')],
    }),
    metadata: p.map('Keys and values. What is not a text is sent as JSON.', { default: {}, updatable: true }),
    image: p.string('Name or id of an image to make it from.', {
      constraints: [c.custom('glance.image')],
      translatedFrom: ['imageRef'],
    }),
    source_volid: p.string('Id of a volume to copy.', { constraints: [c.custom('cinder.volume')] }),
    scheduler_hints: p.map('Hints for the scheduler.'),
    read_only: p.boolean('Whether it can only be read.', { updatable: true }),
    multiattach: p.boolean('Makes no difference: the volume type says whether servers may share it.', {
      default: false,
      support: { status: 'HIDDEN', since: '13.0.0', message: 'choose a volume type for it' },
    }),
  },
  attributes: {
    availability_zone: a.as('string')('The availability zone.'),
    size: a.as('string')('The size in GB.'),
    snapshot_id: a.as('string')('The snapshot it was made from.'),
    display_name: a.as('string')('The name.'),
    display_description: a.as('string')('The description.'),
    volume_type: a.as('string')('Name of the volume type.'),
    metadata: a.as('string')('Keys and values, as JSON.'),
    source_volid: a.as('string')('The volume it is a copy of.'),
    status: a.as('string')('The status.', { cache: 'live' }),
    created_at: a.as('string')('When it was made.'),
    bootable: a.as('string')('Whether a server can boot from it.'),
    metadata_values: a.as('map')('Keys and values.'),
    encrypted: a.as('string')('Whether it is encrypted.'),
    attachments: a.as('string')('Where it is attached, as one text. Use attachments_list.', { cache: 'live' }),
    attachments_list: a.as('list')('Where it is attached.', { cache: 'live' }),
    multiattach: a.as('boolean')('Whether it can be attached more than once.'),
  },
  examples: [
    {
      name: 'an empty volume',
      props: { size: 1, metadata: { purpose: 'contract', list: [1, 2] } },
      updates: [{ size: 2 }, { name: 'renamed', description: 'with a text' }, { metadata: { purpose: 'other' } }, { read_only: true }],
      replacedBy: { availability_zone: 'nova' },
    },
    {
      name: 'named, of a type',
      props: { size: 1, name: 'contract-named', description: 'of its own', volume_type: 'fake' },
      updates: [{ volume_type: '__DEFAULT__' }],
    },
    { name: 'from an image, read-only', props: { size: 1, image: 'testimage', read_only: true }, replacedBy: { image: null } },
  ],
  validate: volumeProblems,
  find: findVolumes,
  async create(call) {
    return wait('creating', { physicalId: await makeVolume(call) });
  },
  async checkCreate(live) {
    const present = await livingVolume(live.cloud, live.physicalId);
    const status = statusOf(present);
    if (CREATING.has(status)) return wait(status);
    if (status === 'error') throw inError(status);
    if (status !== 'available') throw unknownStatus('Volume create failed', status);
    await finishVolume(live, present);
    return done();
  },
  update: beginUpdate,
  checkUpdate: continueUpdate,
  delete: beginDelete,
  async checkDelete(live, token) {
    if (token === 'to be deleted') return beginDelete(live);
    const present = await live.cloud.cinder.getVolume(live.physicalId);
    if (present === null) return done();
    const status = statusOf(present);
    if (status === 'error_deleting') throw inError(status, 'delete');
    return wait(status);
  },
  copies: volumeBackups,
  // A volume does not shrink: one that was smaller when it was backed up is made anew from the backup.
  replaces: (before, after) =>
    before.backup_id !== after.backup_id && (after.size ?? Number.POSITIVE_INFINITY) < (before.size ?? 0) ? ['size'] : [],
  withIds: volumeIds,
  liveProperties: liveVolume,
  async observe({ cloud, physicalId }) {
    const present = await cloud.cinder.getVolume(physicalId);
    return present === null ? null : attributesOf(present);
  },
  unhealthy: ({ status }) =>
    status === 'available' || status === 'in-use' ? null : `'status': expected '['available', 'in-use']', got '${status}'`,
});

const CREATING: ReadonlySet<string> = new Set(['creating', 'restoring-backup', 'downloading']);
const LEAVING: ReadonlySet<string> = new Set(['detaching', 'attaching', 'reserved', 'retyping', 'extending', 'backing-up', 'uploading']);

async function beginDelete({ cloud, physicalId }: Pick<Live<Cloud>, 'cloud' | 'physicalId'>): Promise<Progress> {
  const present = await cloud.cinder.getVolume(physicalId);
  if (present === null) return done();
  const status = statusOf(present);
  if (status === 'in-use') throw new ResourceFailed('Volume in use', 'Error');
  // On its way off a server, or still being made when nobody wants it any more: it can be deleted in a moment.
  if (LEAVING.has(status) || CREATING.has(status)) return wait(status, { token: 'to be deleted' });
  try {
    if (status !== 'deleting') await cloud.cinder.deleteVolume(physicalId);
  } catch (error) {
    if (!isNotFound(error) && !(await isGoing(cloud, physicalId))) throw error;
  }
  return wait('deleting');
}

/** Cinder refuses to delete what it is deleting already: an answer was lost, and the call was made again. */
async function isGoing(cloud: Cloud, physicalId: string): Promise<boolean> {
  const present = await cloud.cinder.getVolume(physicalId);
  return present === null || statusOf(present) === 'deleting';
}

/** Most are texts, spelled as Heat's are: `None`, `False`. */
function attributesOf(present: JsonObject) {
  const { [MARK]: _mark, ...metadata } = isJsonObject(present.metadata) ? present.metadata : {};
  const attachments = isJsonArray(present.attachments) ? present.attachments : [];
  return {
    availability_zone: printed(present.availability_zone),
    size: printed(present.size),
    snapshot_id: printed(present.snapshot_id),
    display_name: present.name ?? null,
    display_description: present.description ?? null,
    volume_type: printed(present.volume_type),
    metadata: spaced(metadata),
    source_volid: printed(present.source_volid),
    status: printed(present.status),
    created_at: printed(present.created_at),
    bootable: printed(present.bootable),
    metadata_values: metadata,
    encrypted: printed(present.encrypted),
    attachments: printed(attachments),
    attachments_list: attachments,
    multiattach: printed(present.multiattach),
    show: present,
  };
}

/** As Python prints a value; texts within lists and maps in quotes. */
function printed(value: Json | undefined, isInner = false): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return isInner ? `'${value}'` : value;
  if (typeof value === 'number') return String(value);
  if (isJsonArray(value)) return `[${value.map((one) => printed(one, true)).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, one]) => `'${key}': ${printed(one, true)}`)
    .join(', ')}}`;
}

/** JSON with spaces after commas and colons; the values are texts. */
const spaced = (map: JsonObject): string =>
  `{${Object.entries(map)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(', ')}}`;
