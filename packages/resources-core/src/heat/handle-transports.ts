/** The ways by which signals come to an `OS::Heat::WaitConditionHandle`: what each needs outside, how that is found again, and what guests are told of it. */
import type { Cloud } from '@hearth/cloud-openstack';
import { type Json, type JsonObject, Refusal, Secret } from '@hearth/kernel';
import {
  type Call,
  done,
  type Live,
  type Progress,
  ResourceFailed,
  type Signal,
  type SignalledResource,
  type SignalVerdict,
  signingOf,
  stackUserOf,
  wait,
  withSigning,
  withStackUser,
} from '@hearth/resource-kit';
import { heatSignals } from './told.ts';
import { newPassword, newSigning } from './signed-entrance.ts';
import { hasSignalContainer, makeSignalContainer, newSignalUrl, removeSignalContainer, writtenSignals } from './signal-objects.ts';

export interface HandleProps {
  readonly signal_transport: string;
}
type HandleCall = Call<Cloud, HandleProps>;
type HandleLive = Live<Cloud, HandleProps>;
type Named = Progress & { readonly physicalId: string };

const PASSWORD_BYTES = 24;
const KEY_BYTES = 32;
/** The project of guests is just being made or taken away by somebody else. */
const AGAIN_MS = 500;

const hasUser = ({ props }: Pick<HandleCall, 'props'>): boolean => ['TOKEN_SIGNAL', 'HEAT_SIGNAL'].includes(props.signal_transport);
const hasContainer = ({ props }: Pick<HandleCall, 'props'>): boolean => props.signal_transport === 'TEMP_URL_SIGNAL';

export async function findTransport(call: HandleCall): Promise<readonly string[]> {
  if (hasContainer(call)) return (await hasSignalContainer(call.cloud, call.physicalName)) ? [call.physicalName] : [];
  const id = hasUser(call) ? await call.cloud.stackUsers.find(call.physicalName) : null;
  return id === null ? [] : [id];
}

export async function makeTransport(call: HandleCall): Promise<Named> {
  const { cloud, props, physicalName } = call;
  if (props.signal_transport === 'ZAQAR_SIGNAL') throw new ResourceFailed(await noQueues(cloud), 'NotSupported');
  if (hasContainer(call)) {
    await makeSignalContainer(cloud, physicalName);
    return wait('the container is there', { physicalId: physicalName, afterMs: 0 });
  }
  if (!hasUser(call)) return wait('nothing is needed outside', { physicalId: physicalName, afterMs: 0 });
  const password = newPassword(call.random.bytes(PASSWORD_BYTES));
  const id = await cloud.stackUsers.create(physicalName, new Secret(password));
  return wait('the account is there', { physicalId: id, data: { ...withStackUser({}, { id, projectId: '' }), password }, afterMs: 0 });
}

const noQueues = async (cloud: Cloud): Promise<string> =>
  `ZAQAR_SIGNAL cannot be had: ${(await cloud.session.hasService('message')) ? 'queues are not supported by this server' : 'the cloud has no message service'}. Use CFN_SIGNAL, HEAT_SIGNAL or TOKEN_SIGNAL`;

/** What comes after the first thing outside, one step a look; each may be done again. */
export async function finishTransport(live: HandleLive): Promise<Progress> {
  const { cloud, props, physicalId, physicalName, data } = live;
  if (props.signal_transport === 'CFN_SIGNAL') return done({ data: withSigning(data, await newSigning(live)) });
  if (hasContainer(live)) return done({ data: { ...data, url: await newSignalUrl(cloud, physicalId, live.random.bytes(KEY_BYTES)) } });
  if (!hasUser(live)) return done();
  const { password } = data;
  if (typeof password !== 'string') return renewPassword(live);
  const projectId = await cloud.stackUsers.admit(physicalId, live);
  if (projectId === null) return wait('the project of guests is being made', { afterMs: AGAIN_MS });
  const known = { ...withStackUser(data, { id: physicalId, projectId }), url: await signalUrl(live, projectId) };
  if (props.signal_transport !== 'TOKEN_SIGNAL') return done({ data: known });
  const token = await cloud.stackUsers.token({ username: physicalName, password: new Secret(password), projectId });
  return done({ data: { ...known, token } });
}

/** Made by a call that nobody heard the answer of: its password is lost. */
async function renewPassword({ cloud, physicalId, data, random }: HandleLive): Promise<Progress> {
  const password = newPassword(random.bytes(PASSWORD_BYTES));
  await cloud.stackUsers.setPassword(physicalId, new Secret(password));
  return wait('the account has a new password', {
    data: { ...withStackUser(data, { id: physicalId, projectId: '' }), password },
    afterMs: 0,
  });
}

async function signalUrl({ cloud, stackName, stackId, resourceName }: HandleCall, projectId: string): Promise<string> {
  const path = ['stacks', stackName, stackId, 'resources', resourceName, 'signal'].map(encodeURIComponent).join('/');
  return `${await cloud.entrances.api(projectId)}/${path}`;
}

export async function removeTransport(live: HandleLive): Promise<Progress> {
  if (hasContainer(live)) await removeSignalContainer(live.cloud, live.physicalId);
  if (hasUser(live)) await live.cloud.stackUsers.remove(live.physicalId, live);
  return done();
}

export async function setTransportOpen(live: HandleLive, isOpen: boolean): Promise<Progress> {
  if (hasUser(live)) await live.cloud.stackUsers.setEnabled(live.physicalId, isOpen);
  return done();
}

const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

/** The start of a command; what is told is added to it. */
function curlCommand(token: string | null, url: string | null): string | null {
  if (token === null || url === null) return null;
  const headers = [`X-Auth-Token: ${token}`, 'Content-Type: application/json', 'Accept: application/json'];
  return `curl -i -X POST ${headers.map((header) => `-H '${header}'`).join(' ')} ${url}`;
}

/** Null when what it needs outside is gone: accounts are nobody's by their ids, so the one that bears the name must be the one that is meant. */
export async function observeTransport(live: HandleLive): Promise<TransportDetails | null> {
  if ((hasUser(live) || hasContainer(live)) && !(await findTransport(live)).includes(live.physicalId)) return null;
  return transportDetails(live);
}

/** What guests are told. */
export interface TransportDetails {
  readonly token: string | null;
  readonly endpoint: string | null;
  readonly curl_cli: string | null;
  readonly signal: JsonObject | null;
}
export async function transportDetails(live: HandleLive): Promise<TransportDetails> {
  const { token, url } = live.data;
  const isToken = live.props.signal_transport === 'TOKEN_SIGNAL';
  return {
    token: text(token),
    endpoint: isToken ? text(url) : null,
    curl_cli: curlCommand(text(token), text(url)),
    signal: await signalDetails(live),
  };
}

async function signalDetails(live: HandleLive): Promise<JsonObject | null> {
  switch (live.props.signal_transport) {
    case 'CFN_SIGNAL':
      return { alarm_url: signingOf(live.data)?.url ?? null };
    case 'TEMP_URL_SIGNAL':
      return { alarm_url: live.data['url'] ?? null };
    case 'NO_SIGNAL':
      return {};
    case 'HEAT_SIGNAL':
      return { ...(await credentials(live)), alarm_url: live.data['url'] ?? null };
    default:
      return null;
  }
}

async function credentials({ cloud, data, physicalName, physicalId }: HandleLive): Promise<JsonObject> {
  const user = stackUserOf(data);
  return {
    auth_url: await cloud.entrances.identity(),
    username: physicalName,
    user_id: physicalId,
    password: data['password'] ?? null,
    project_id: user?.projectId ?? null,
    domain_id: await cloud.stackUsers.domainId(),
    region_name: await cloud.entrances.region(),
  };
}

/** What came by a way that does not lead through us; null: signals are told to us. */
export async function fetchedSignals(cloud: Cloud, handle: SignalledResource, count: number): Promise<readonly Signal[] | null> {
  const transport = handle.props['signal_transport'];
  // Nobody will say anything, so everybody is taken to have said that all is well.
  if (transport === 'NO_SIGNAL') return numbered(Array.from({ length: count }, () => ({})));
  return transport === 'TEMP_URL_SIGNAL' ? numbered(await writtenSignals(cloud, handle.physicalName)) : null;
}

/** As if they had been told to us, one after the other. */
function numbered(written: readonly Json[]): readonly Signal[] {
  const signals = new Map<string, Signal>();
  for (const details of written) {
    const verdict = verdictOf(details, signals.size);
    if (verdict.kind === 'keep') signals.set(verdict.key ?? '', { key: verdict.key, body: verdict.body, at: 0 });
  }
  return [...signals.values()];
}

function verdictOf(details: Json, count: number): SignalVerdict {
  try {
    return heatSignals.judge(details, { props: {}, count });
  } catch (error) {
    // There is nobody to refuse it to.
    throw error instanceof Refusal ? new ResourceFailed(error.message, 'Error') : error;
  }
}
