/** `OS::Glance::WebImage`: an image whose data the image service fetches from a URL. */
import type { Cloud, ImageChange } from '@hearth/cloud-openstack';
import { Failure, type Json, type JsonObject } from '@hearth/kernel';
import { ResourceFailed, c, done, isFilled, needsValue, p, wait, type Progress } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { formatProblems, imageSchemas } from './image-schemas.ts';
import { liveImage } from './web-image-live.ts';

/** Property by which an image is known as ours: names are not unique and may be missing. */
const MARK = 'hearth_resource';
/** Properties that are fields of the image, with what stands for "not given" in an update. */
const PLAIN = ['architecture', 'kernel_id', 'os_distro', 'os_version', 'ramdisk_id'] as const;

export const webImage = openstackType({
  name: 'OS::Glance::WebImage',
  doc: 'An image for servers, fetched from a URL by the image service.',
  support: { status: 'SUPPORTED', since: '12.0.0' },
  service: 'glance',
  properties: {
    ...imageSchemas,
    visibility: p.string('Who may see it.', {
      default: 'private',
      updatable: true,
      constraints: [c.oneOf('public', 'private', 'community', 'shared')],
    }),
    protected: p.boolean('Whether it cannot be deleted.', { default: false, updatable: true }),
    disk_format: p.string('Format of the disk.', {
      required: true,
      constraints: [c.oneOf('ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop')],
    }),
    container_format: p.string('What the disk is wrapped in.', {
      required: true,
      constraints: [c.oneOf('ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker')],
    }),
    location: p.string('URL of the data; the image service must be able to reach it.', { required: true }),
    os_version: p.string('Version of the system inside, as its maker writes it.', { updatable: true }),
    active: p.boolean('Whether it can be used; false takes it out of use.', { default: true, updatable: true }),
    members: p.listOf(p.string('Id of a project.'))('Projects that a shared image is shared with.', { updatable: true }),
  },
  attributes: {},
  examples: [
    {
      name: 'defaults',
      props: { disk_format: 'raw', container_format: 'bare', location: '$image_url' },
      updates: [
        { os_distro: 'debian', os_version: '12', architecture: 'x86_64' },
        { os_distro: 'ubuntu', tags: ['lts', 'small'] },
        { tags: ['lts'], extra_properties: { flavour: 'vanilla', shape: 'round' } },
        { extra_properties: { flavour: 'chocolate' }, visibility: 'community' },
        { active: false },
        { active: true },
      ],
      replacedBy: { min_ram: 512 },
    },
    {
      name: 'named and shared',
      props: {
        name: 'contract-image',
        disk_format: 'qcow2',
        container_format: 'bare',
        location: '$image_url',
        min_disk: 1,
        min_ram: 64,
        visibility: 'shared',
        members: ['00000000000000000000000000000001'],
        tags: ['one'],
        extra_properties: { hw_scsi_model: 'virtio-scsi' },
        active: false,
      },
      updates: [
        { members: ['00000000000000000000000000000002'] },
        { protected: true },
        { protected: false, visibility: 'private', members: [] },
      ],
      replacedBy: { location: 'http://images.test/other' },
    },
  ],
  validate(props) {
    const { members, visibility } = props;
    const isShared = visibility === undefined || visibility === 'shared';
    return [...formatProblems(props), ...(isFilled(members) && !isShared ? [needsValue('members', 'visibility', 'shared')] : [])];
  },
  async find({ cloud, physicalName }) {
    const images = await cloud.glance.list({ [MARK]: physicalName });
    return images.flatMap((image) => (image[MARK] === physicalName && typeof image.id === 'string' ? [image.id] : []));
  },
  async create({ cloud, physicalName, props }) {
    const { location: _location, active: _active, members: _members, extra_properties, tags, ...fields } = props;
    const image = await cloud.glance.create({
      ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
      ...textValues(extra_properties),
      ...(tags === null ? {} : { tags: tags.map(String) }),
      [MARK]: physicalName,
    });
    return wait('queued', { physicalId: String(image.id), afterMs: 0 });
  },
  async checkCreate({ cloud, physicalId, props }) {
    const image = await cloud.glance.get(physicalId);
    if (image === null) throw new ResourceFailed('the image disappeared while it was being made', 'NotFound');
    const status = String(image.status);
    if (status === 'killed' || status === 'deleted') throw new ResourceFailed(`Went to status ${status} due to "Unknown"`);
    if (status === 'queued') return importing(cloud, physicalId, props.location);
    if (status !== 'active' && status !== 'deactivated') return wait(status);
    if (image.visibility === 'shared') await shareWith(cloud, physicalId, props.members ?? []);
    if (!props.active && status === 'active') await cloud.glance.setActive(physicalId, false);
    return done();
  },
  async update({ cloud, physicalId, changed, before, props }) {
    const image = await cloud.glance.get(physicalId);
    if (image === null) throw new Failure('not-found', `the image ${physicalId} is gone`);
    const sets = changed.members !== undefined || changed.visibility !== undefined;
    const members = props.members ?? [];
    // Only a shared image has members: those that go, go before it changes; those that come, come after.
    if (sets && image.visibility === 'shared') await unshareFrom(cloud, physicalId, members);
    await cloud.glance.patch(physicalId, changesFor(image, changed, before.extra_properties));
    if (sets && props.visibility === 'shared') await shareWith(cloud, physicalId, members);
    if (changed.tags !== undefined) await retag(cloud, image, changed.tags ?? []);
    if (changed.active !== undefined) await cloud.glance.setActive(physicalId, changed.active);
    return done();
  },
  async delete({ cloud, physicalId }) {
    await cloud.glance.delete(physicalId);
    return done();
  },
  liveProperties: liveImage,
  async observe({ cloud, physicalId }) {
    const image = await cloud.glance.get(physicalId);
    if (image === null || image.status === 'deleted' || image.status === 'killed') return null;
    const { [MARK]: _mark, ...show } = image;
    return { show };
  },
});

/** A queued image: its import is begun, under way, or has failed. Seen from its tasks, so that it does not matter who began it. */
async function importing(cloud: Cloud, id: string, location: string): Promise<Progress> {
  const tasks = await cloud.glance.tasks(id);
  const failed = tasks.find((task) => task.status === 'failure');
  if (failed !== undefined) {
    throw new ResourceFailed(
      `The data could not be fetched: ${failed.message === '' ? 'the image service gives no reason' : failed.message}`,
    );
  }
  if (tasks.length > 0) return wait('queued');
  try {
    await cloud.glance.importFrom(id, location);
  } catch (error) {
    // Begun by a call whose answer was lost.
    if (!(error instanceof Failure) || error.code !== 'conflict') throw error;
  }
  return wait('importing');
}

async function shareWith(cloud: Cloud, id: string, wanted: readonly string[]): Promise<void> {
  if (wanted.length === 0) return;
  const present = await cloud.glance.members(id);
  for (const member of wanted) if (!present.includes(member)) await cloud.glance.setMember(id, member, true);
}

async function unshareFrom(cloud: Cloud, id: string, wanted: readonly string[]): Promise<void> {
  for (const member of await cloud.glance.members(id)) if (!wanted.includes(member)) await cloud.glance.setMember(id, member, false);
}

async function retag(cloud: Cloud, image: JsonObject, wanted: readonly Json[]): Promise<void> {
  const present = Array.isArray(image.tags) ? image.tags.map(String) : [];
  const next = wanted.map(String);
  for (const tag of next) if (!present.includes(tag)) await cloud.glance.setTag(String(image.id), tag, true);
  for (const tag of present) if (!next.includes(tag)) await cloud.glance.setTag(String(image.id), tag, false);
}

interface Changes extends Partial<Readonly<Record<(typeof PLAIN)[number], string | null>>> {
  readonly owner?: string | null;
  readonly visibility?: string;
  readonly protected?: boolean;
  readonly extra_properties?: JsonObject;
}

/** The patch: what is set is added, which also replaces; what is no longer given is removed if it is there. */
function changesFor(image: JsonObject, changed: Changes, extraBefore: JsonObject): readonly ImageChange[] {
  const pointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const put = (name: string, value: Json): ImageChange => ({ op: 'add', path: pointer(name), value });
  const drop = (name: string): readonly ImageChange[] => (image[name] === undefined ? [] : [{ op: 'remove', path: pointer(name) }]);
  const plain = PLAIN.flatMap((name) => {
    const value = changed[name];
    if (value === undefined) return [];
    return value === null ? drop(name) : [put(name, value)];
  });
  const extra = changed.extra_properties === undefined ? null : textValues(changed.extra_properties);
  return [
    ...plain,
    ...(changed.visibility === undefined ? [] : [{ op: 'replace' as const, path: '/visibility', value: changed.visibility }]),
    ...(changed.protected === undefined ? [] : [{ op: 'replace' as const, path: '/protected', value: changed.protected }]),
    ...(changed.owner === undefined || changed.owner === null ? [] : [{ op: 'replace' as const, path: '/owner', value: changed.owner }]),
    ...Object.entries(extra ?? {}).map(([name, value]) => put(name, value)),
    ...(extra === null ? [] : Object.keys(extraBefore).flatMap((name) => (name in extra ? [] : drop(name)))),
  ];
}

/** Glance keeps texts only. */
const textValues = (map: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(map)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
