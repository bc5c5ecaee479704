/** `OS::Swift::Container`: a container for objects. */
import { ResourceFailed, a, done, p, wait, ofGiven, asSent, nameOr } from '@hearth/resource-kit';
import type { Cloud, SwiftHeaders } from '@hearth/cloud-openstack';
import { type JsonObject, isJsonObject } from '@hearth/kernel';
import { openstackType } from '../openstack-type.ts';

/** Metadata by which a container of a name the user chose is known as ours. */
const MARK = 'x-container-meta-hearth-resource';
/** So many objects are deleted before the engine may look elsewhere. */
const PURGED_AT_ONCE = 20;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: headers must not hold them
const CONTROLS = /[\0-\x08\x0a-\x1f\x7f]/;

interface Settings {
  readonly 'X-Container-Read': string | null;
  readonly 'X-Container-Write': string | null;
  readonly 'X-Container-Meta': JsonObject;
}

export const container = openstackType({
  name: 'OS::Swift::Container',
  doc: 'A container of the object store, with its access lists and metadata.',
  service: 'swift',
  maxNameLength: 250,
  properties: {
    name: p.string('The name; one is made up if there is none.'),
    'X-Container-Read': p.string('Who may read its objects: projects and users, or .r:* for everybody.'),
    'X-Container-Write': p.string('Who may write its objects: projects and users.'),
    'X-Container-Meta': p.map('Metadata of the container, by name without the prefix of the header.', { default: {} }),
    'X-Account-Meta': p.map("Metadata to be set on the project's account, by name without the prefix of the header.", { default: {} }),
    PurgeOnDelete: p.boolean('Whether deletion takes the objects along; otherwise a container that is not empty stays.', {
      default: false,
    }),
  },
  attributes: {
    DomainName: a.string("The host in the container's URL."),
    WebsiteURL: a.string("The container's URL."),
    RootURL: a.string("The account's URL."),
    ObjectCount: a.integer('How many objects it holds.', { cache: 'live' }),
    BytesUsed: a.integer('How many bytes they are.', { cache: 'live' }),
    HeadContainer: a.map('All headers that the service answers for the container.', { cache: 'live' }),
  },
  examples: [
    { name: 'defaults', props: {}, replacedBy: { name: 'other' } },
    {
      name: 'named, public, with metadata',
      props: {
        name: 'contract-container',
        'X-Container-Read': '.r:*,.rlistings',
        'X-Container-Meta': { Color: 'blue', 'Web-Index': 'index.html' },
        'X-Account-Meta': { 'Contract-Was-Here': 'yes' },
        PurgeOnDelete: true,
      },
      replacedBy: { 'X-Container-Read': '.r:*' },
    },
  ],
  validate(props) {
    const maps = [props['X-Container-Meta'], props['X-Account-Meta']];
    const wrong = maps.flatMap((map) =>
      Object.entries(map ?? {}).filter(([name, value]) => !HEADER_NAME.test(name) || CONTROLS.test(text(value))),
    );
    return wrong.map(([name]) => `The metadata "${name}" cannot be sent as a header: use letters, digits and dashes, and no line breaks.`);
  },
  async find({ cloud, physicalName, props }) {
    const name = nameOr(props.name, physicalName);
    const headers = await cloud.swift.headContainer(name);
    if (headers === null) return [];
    return name === physicalName || headers[MARK] === physicalName ? [name] : [];
  },
  async create({ cloud, physicalName, props }) {
    const physicalId = nameOr(props.name, physicalName);
    await cloud.swift.putContainer(physicalId, containerHeaders(props, physicalId === physicalName ? null : physicalName));
    // The account's metadata is a second call, made once it is on record that the container stands.
    return Object.keys(props['X-Account-Meta']).length === 0 ? done({ physicalId }) : wait('created', { physicalId, afterMs: 0 });
  },
  async checkCreate({ cloud, props }) {
    const headers = metadataHeaders('account', props['X-Account-Meta']);
    if (Object.keys(headers).length > 0) await cloud.swift.postAccount(headers);
    return done();
  },
  async delete({ cloud, physicalId, physicalName, props }) {
    // One of the same name that was made in its place bears another mark.
    const mark = (await cloud.swift.headContainer(physicalId))?.[MARK] ?? physicalName;
    return mark === physicalName ? remove(cloud, physicalId, props.PurgeOnDelete) : done();
  },
  checkDelete: ({ cloud, physicalId, props }) => remove(cloud, physicalId, props.PurgeOnDelete),
  liveProperties: ({ observed, props }) => {
    const headers = isJsonObject(observed.show ?? null) ? (observed.show as JsonObject) : {};
    const meta = Object.keys(props['X-Container-Meta']).flatMap((name) => {
      const value = headers[`x-container-meta-${name.toLowerCase()}`];
      return value === undefined ? [] : [[name, value] as const];
    });
    return ofGiven(props, {
      'X-Container-Read': headers['x-container-read'] ?? '',
      'X-Container-Write': headers['x-container-write'] ?? '',
      'X-Container-Meta': asSent(Object.fromEntries(meta), props['X-Container-Meta'], text),
    });
  },
  async observe({ cloud, physicalId }) {
    const found = await cloud.swift.headContainer(physicalId);
    if (found === null) return null;
    const headers = Object.fromEntries(Object.entries(found).filter(([name]) => name !== MARK));
    const root = await cloud.swift.accountUrl();
    return {
      DomainName: new URL(root).hostname,
      WebsiteURL: `${root}/${encodeURIComponent(physicalId)}`,
      RootURL: root,
      ObjectCount: Number(found['x-container-object-count'] ?? 0),
      BytesUsed: Number(found['x-container-bytes-used'] ?? 0),
      HeadContainer: headers,
      show: headers,
    };
  },
});

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const metadataHeaders = (kind: 'account' | 'container', map: JsonObject): SwiftHeaders =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [`x-${kind}-meta-${name.toLowerCase()}`, text(value)]));

function containerHeaders(props: Settings, mark: string | null): SwiftHeaders {
  return {
    ...metadataHeaders('container', props['X-Container-Meta']),
    ...(props['X-Container-Read'] === null ? {} : { 'x-container-read': props['X-Container-Read'] }),
    ...(props['X-Container-Write'] === null ? {} : { 'x-container-write': props['X-Container-Write'] }),
    ...(mark === null ? {} : { [MARK]: mark }),
  };
}

async function remove(cloud: Cloud, name: string, purges: boolean) {
  const objects = await cloud.swift.objectNames(name, PURGED_AT_ONCE);
  if (objects === null) return done();
  if (objects.length > 0 && !purges) {
    throw new ResourceFailed(
      `Deleting non-empty container (${name}) when PurgeOnDelete is False is not supported.`,
      'ResourceActionNotSupported',
    );
  }
  for (const object of objects) await withoutMissing(() => cloud.swift.deleteObject(name, object));
  if (objects.length === PURGED_AT_ONCE) return wait('purging', { afterMs: 0 });
  await cloud.swift.deleteContainer(name);
  return done();
}

/** Somebody else, or an earlier attempt, may have been quicker. */
async function withoutMissing(deed: () => Promise<void>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'not-found')) throw error;
  }
}
