/** `OS::Nova::KeyPair`: an SSH key pair (or X.509 certificate), imported or made new. */
import { newSshKeyPair, type Cloud } from '@hearth/cloud-openstack';
import { Failure, isJsonObject, type JsonObject } from '@hearth/kernel';
import {
  a,
  c,
  done,
  type HandingOver,
  type Live,
  NeedsReplacement,
  ofGiven,
  p,
  type Progress,
  type TakingBack,
  wait,
  isSet,
} from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { shownItem } from '../neutron/live.ts';

interface KeyProps {
  readonly name: string;
  readonly save_private_key: boolean;
  readonly public_key: string | null;
  readonly type: string | null;
  readonly user: string | null;
}
/** Kept encrypted. The fingerprint tells our own key from a later one of the same name. */
interface KeyData {
  readonly fingerprint?: string;
  readonly private_key?: string;
}

export const keyPair = openstackType({
  name: 'OS::Nova::KeyPair',
  doc: 'A key pair that servers are given for logins: imported, or made new.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'nova',
  properties: {
    name: p.string('The name, unique among the keys of the user.', { required: true, constraints: [c.length(1, 255)] }),
    save_private_key: p.boolean('Whether the private half of a new pair is kept, encrypted, to be read as an attribute.', {
      default: false,
    }),
    public_key: p.string('The public half to import. Without one, a new pair is made.'),
    type: p.string('What kind of key it is.', { constraints: [c.oneOf('ssh', 'x509')] }),
    user: p.string('Name or id of the user whose key it will be; for administrators.', { constraints: [c.custom('keystone.user')] }),
  },
  attributes: {
    public_key: a.as('string')('The public half.'),
    private_key: a.as('string')('The private half, if it was kept.', { cache: 'live' }),
  },
  examples: [
    { name: 'made new', props: { name: 'contract-key', save_private_key: true }, replacedBy: { name: 'contract-other-key' } },
    {
      name: 'imported',
      props: {
        name: 'contract-imported',
        public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEsLn6dmI8pkMRnrpkVJz2Yp1ItNlZUyYTMwLGQ9yVd5 me',
      },
      replacedBy: { save_private_key: true },
    },
  ],
  referenceId: ({ physicalId }) => physicalId,
  isFoundByPlace: true,
  async find({ cloud, props, physicalName, startedAt }) {
    const present = await cloud.nova.getKeypair(props.name, await userIdOf(cloud, props));
    return present !== null && isOurs(present, props, physicalName, startedAt) ? [props.name] : [];
  },
  async create({ cloud, props, physicalName }) {
    const data = await makeKey(cloud, props, physicalName);
    return done({ physicalId: props.name, data: data as JsonObject });
  },
  /** Only after an interruption: the private half went with the process that had it, so a pair that keeps it is made again. */
  async checkCreate({ cloud, props, physicalName }) {
    const userId = await userIdOf(cloud, props);
    const present = await cloud.nova.getKeypair(props.name, userId);
    const isWhole = present !== null && (!props.save_private_key || isSet(props.public_key));
    if (isWhole) return done({ data: keyData(present) as JsonObject });
    if (present !== null) await cloud.nova.deleteKeypair(props.name, userId);
    return done({ data: (await makeKey(cloud, props, physicalName)) as JsonObject });
  },
  beforeReplace: keepKey,
  checkBeforeReplace: giveName,
  afterRollback: takeName,
  async delete({ cloud, physicalId, props, data }) {
    // The name is the other one's by now.
    if (isJsonObject(data.handedOver)) return done();
    const userId = await userIdOf(cloud, props);
    const { fingerprint } = data as KeyData;
    if (fingerprint !== undefined) {
      const present = await cloud.nova.getKeypair(physicalId, userId);
      // Somebody has put another key in its place since.
      if (present === null || present.fingerprint !== fingerprint) return done();
    }
    await cloud.nova.deleteKeypair(physicalId, userId);
    return done();
  },
  liveProperties({ observed, props }) {
    const seen = shownItem(observed).public_key;
    const isSame = typeof seen !== 'string' || seen.trim() === (props.public_key ?? '').trim();
    return ofGiven(props, { public_key: props.public_key === '' || isSame ? props.public_key : seen });
  },
  observe: observeKey,
});

async function makeKey(cloud: Cloud, props: KeyProps, mark: string): Promise<KeyData> {
  const userId = await userIdOf(cloud, props);
  const wish = { name: props.name, type: props.type, userId };
  if (isSet(props.public_key)) return keyData(await cloud.nova.createKeypair({ ...wish, publicKey: props.public_key }));
  if (props.type === 'x509') {
    const made = await cloud.nova.createKeypair({ ...wish, publicKey: null });
    return { ...keyData(made), ...(props.save_private_key && typeof made.private_key === 'string' && { private_key: made.private_key }) };
  }
  const { publicKey, privateKey } = await newSshKeyPair(mark);
  const made = await cloud.nova.createKeypair({ ...wish, publicKey });
  return { ...keyData(made), ...(props.save_private_key && { private_key: privateKey }) };
}

const keyData = (keypair: JsonObject): KeyData => (typeof keypair.fingerprint === 'string' ? { fingerprint: keypair.fingerprint } : {});

/** Clocks of the cloud and ours may differ by so much. */
const CLOCK_SKEW_MS = 60_000;

/** New SSH pairs carry our mark as their comment; others are ours when they are what we send, and younger than the attempt. */
function isOurs(present: JsonObject, props: KeyProps, mark: string, startedAt: number): boolean {
  const text = typeof present.public_key === 'string' ? present.public_key.trim() : '';
  if (!isSet(props.public_key) && props.type !== 'x509') return text.endsWith(` ${mark}`);
  if (isSet(props.public_key) && text !== props.public_key.trim()) return false;
  // Nova's times are UTC, without saying so.
  return typeof present.created_at === 'string' && Date.parse(`${present.created_at}Z`) >= startedAt - CLOCK_SKEW_MS;
}

async function userIdOf(cloud: Cloud, { user }: KeyProps): Promise<string | null> {
  if (!isSet(user)) return null;
  const found = await cloud.keystone.find('users', user);
  if (typeof found?.id !== 'string') throw new Failure('not-found', `The KeystoneUser (${user}) could not be found.`);
  return found.id;
}

/** Its name is wanted for the one that takes its place: the public half is kept, so that the pair can be had back. */
async function keepKey({ cloud, physicalId, props, data, next }: HandingOver<Cloud, KeyProps>): Promise<Progress> {
  if (next?.name !== props.name || isJsonObject(data.handedOver)) return wait('known', { afterMs: 0 });
  const present = await cloud.nova.getKeypair(physicalId, await userIdOf(cloud, props));
  if (present === null || !isOwn(present, data)) return done();
  return wait('known', { data: { handedOver: { public_key: present.public_key ?? null } }, afterMs: 0 });
}

async function giveName({ cloud, physicalId, props, data }: HandingOver<Cloud, KeyProps>): Promise<Progress> {
  if (!isJsonObject(data.handedOver)) return done();
  const userId = await userIdOf(cloud, props);
  const present = await cloud.nova.getKeypair(physicalId, userId);
  if (present !== null && isOwn(present, data)) await cloud.nova.deleteKeypair(physicalId, userId);
  return done();
}

async function takeName({ cloud, physicalId, props, data, successors }: TakingBack<Cloud, KeyProps>): Promise<Progress> {
  const kept = data.handedOver;
  if (!isJsonObject(kept)) return done();
  const userId = await userIdOf(cloud, props);
  const present = await cloud.nova.getKeypair(physicalId, userId);
  if (present !== null && !isOwn(present, data)) {
    if (!successors.includes(physicalId)) throw new NeedsReplacement(`somebody else has made a key pair ${physicalId}`);
    await cloud.nova.deleteKeypair(physicalId, userId);
  }
  if (present === null || !isOwn(present, data)) {
    if (typeof kept.public_key !== 'string') throw new NeedsReplacement('the public half of the key pair is not known');
    await cloud.nova.createKeypair({ name: props.name, type: props.type, userId, publicKey: kept.public_key });
  }
  return done({ data: { handedOver: null } });
}

const isOwn = (present: JsonObject, data: JsonObject): boolean => {
  const { fingerprint } = data as KeyData;
  return fingerprint === undefined || present.fingerprint === fingerprint;
};

async function observeKey({ cloud, physicalId, props, data }: Live<Cloud, KeyProps>) {
  const present = await cloud.nova.getKeypair(physicalId, await userIdOf(cloud, props));
  if (present === null) return null;
  const { private_key: privateKey } = data as KeyData;
  return {
    public_key: isSet(props.public_key) ? props.public_key : (present.public_key ?? null),
    private_key: props.save_private_key ? (privateKey ?? '') : '',
    show: present,
  };
}
