/** POST /servers/{id}/action: which action the body names, its arguments, and its answer. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { portsOfDevice } from '../neutron/ports.ts';
import { collections as networkCollections, type PortBody } from '../neutron/objects.ts';
import { groupIdsNamed } from '../neutron/security-groups.ts';
import { findFlavor } from './flavors.ts';
import { baseUrl } from './links.ts';
import { powerStates, resetState, stateAt, type ServerAction } from './machine.ts';
import { flavorCopy, type ServerRecord } from './records.ts';
import {
  badRequest,
  choiceOf,
  conflict,
  metadataOf,
  missing,
  needAdmin,
  needed,
  objectOf,
  refuseUnknownKeys,
  textOf,
  wholeOf,
} from './refusals.ts';
import { checkedUserData, diskConfigOf } from './server-request.ts';
import { putUserData, userDataOf } from './user-data.ts';
import { plugsOf, serverView } from './server-view.ts';
import {
  act,
  change,
  deleteServer,
  findServer,
  guestOf,
  saveServer,
  withAction,
  type ActionWish,
  type Caller,
  type ComputeParts,
} from './servers.ts';

interface Call {
  readonly parts: ComputeParts;
  readonly request: ApiRequest;
  readonly minor: number;
  readonly id: string;
  readonly caller: Caller;
  readonly given: Json;
}
type Handler = (call: Call) => Promise<Answer>;

const plain =
  (action: ServerAction, word: string, status = 202): Handler =>
  async (call) => {
    await act(call.parts, call.id, { action, word }, call.caller);
    return empty(status);
  };

const handlers: Readonly<Record<string, Handler>> = {
  'os-start': plain('start', 'start'),
  'os-stop': plain('stop', 'stop'),
  pause: plain('pause', 'pause'),
  unpause: plain('unpause', 'unpause'),
  suspend: plain('suspend', 'suspend'),
  resume: plain('resume', 'resume'),
  confirmResize: plain('confirm-resize', 'confirmResize', 204),
  revertResize: plain('revert-resize', 'revertResize'),
  reboot,
  resize,
  rebuild,
  createImage,
  async changePassword(call) {
    textOf(needed(objectOf(call.given, 'changePassword'), 'changePassword', 'adminPass'), 'adminPass', 255, 0);
    return plain('change-password', 'changePassword')(call);
  },
  'os-getConsoleOutput': consoleOutput,
  'os-getVNCConsole': (call) => oldConsole(call, 'vnc'),
  'os-getSPICEConsole': (call) => oldConsole(call, 'spice-html5'),
  'os-getSerialConsole': (call) => oldConsole(call, 'serial'),
  'os-resetState': resetServerState,
  async forceDelete(call) {
    await deleteServer(call.parts, call.id, call.caller);
    return empty(202);
  },
  lock,
  unlock,
  addSecurityGroup: (call) => changeGroups(call, 'add'),
  removeSecurityGroup: (call) => changeGroups(call, 'remove'),
};

export async function serverAction(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const { body } = request;
  const names = isJsonObject(body) ? Object.keys(body) : [];
  const [name] = names;
  if (!isJsonObject(body) || name === undefined || names.length !== 1) throw badRequest('Malformed request body: it must name one action.');
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (handler === undefined) throw badRequest(`There is no such action: ${name}`);
  const caller = { identity: request.identity, requestId: request.id };
  return handler({ parts, request, minor, id: request.params.id ?? '', caller, given: body[name] ?? null });
}

async function reboot(call: Call): Promise<Answer> {
  const given = objectOf(call.given, 'reboot');
  const type = choiceOf(needed(given, 'reboot', 'type'), 'type', ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']).toLowerCase();
  return plain(type === 'hard' ? 'hard-reboot' : 'soft-reboot', 'reboot')(call);
}

async function resize(call: Call): Promise<Answer> {
  const given = objectOf(call.given, 'resize');
  refuseUnknownKeys(given, 'resize', ['flavorRef', 'OS-DCF:diskConfig']);
  const reference = needed(given, 'resize', 'flavorRef');
  const id = (typeof reference === 'number' ? String(reference) : textOf(reference, 'flavorRef')).split('/').at(-1) ?? '';
  const flavor = await findFlavor(call.parts.context.store, id, call.request.identity);
  if (flavor === null) throw badRequest(`Unable to locate requested flavor.`);
  const wish: ActionWish = {
    action: 'resize',
    word: 'resize',
    flavor: flavorCopy(flavor),
    async prepare(server, state) {
      if (state.flavor.id === flavor.id) throw badRequest('When resizing, instances must change flavor!');
      if (flavor.body.diskGb < state.flavor.diskGb && flavor.body.diskGb === 0 && server.body.image_id !== null)
        throw badRequest('Resize to zero disk flavor is not allowed.');
      return {};
    },
  };
  await act(call.parts, call.id, wish, call.caller);
  return empty(202);
}

const REBUILD_KEYS = [
  'imageRef',
  'adminPass',
  'name',
  'preserve_ephemeral',
  'metadata',
  'OS-DCF:diskConfig',
  'accessIPv4',
  'accessIPv6',
  'personality',
  'description',
  'key_name',
  'user_data',
  'hostname',
  'trusted_image_certificates',
];

async function rebuild(call: Call): Promise<Answer> {
  const { parts, request, minor } = call;
  const given = objectOf(call.given, 'rebuild');
  refuseUnknownKeys(given, 'rebuild', REBUILD_KEYS);
  const imageId =
    textOf(needed(given, 'rebuild', 'imageRef'), 'imageRef')
      .split('/')
      .at(-1) ?? '';
  const image = await parts.images.find(parts.context.store, imageId, request.identity);
  if (image === null) throw badRequest('Cannot find image for rebuild');
  if (image.status !== 'active') throw badRequest(`Image ${image.id} is not active.`);
  const userData = given.user_data === undefined ? undefined : checkedUserData(given.user_data);
  const changes: Partial<ServerRecord> & { name?: string } = {
    image_id: imageId,
    ...(given.name === undefined ? {} : { name: textOf(given.name, 'name').trim() }),
    ...(given.metadata === undefined ? {} : { metadata: metadataOf(given.metadata) }),
    ...(given.description === undefined
      ? {}
      : { description: given.description === null ? null : textOf(given.description, 'description', 255, 0) }),
    ...(userData === undefined ? {} : { hasUserData: userData !== null }),
    ...(given['OS-DCF:diskConfig'] === undefined ? {} : { diskConfig: diskConfigOf(given['OS-DCF:diskConfig']) }),
  };
  const prepare: ActionWish['prepare'] = async (before, _state, tx) => {
    if (userData !== undefined) await putUserData(tx, before.id, userData);
    return changes;
  };
  const server = await act(parts, call.id, { action: 'rebuild', word: 'rebuild', prepare }, call.caller);
  const plugs = await plugsOf(parts.context.store, [server]);
  const view = serverView(server, plugs(server), {
    request,
    minor,
    nowMs: parts.context.clock.now(),
    host: parts.driver.host,
    form: 'update',
    hostIds: new Map(),
  });
  const adminPass = typeof given.adminPass === 'string' ? given.adminPass : newPassword(parts);
  return json(202, {
    server: {
      ...view,
      ...(minor >= 54 ? { key_name: server.body.key_name } : {}),
      ...(minor >= 57 ? { user_data: await userDataOf(parts.context.store, server) } : {}),
      adminPass,
    },
  });
}

const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
export const newPassword = (parts: ComputeParts): string =>
  [...parts.context.random.bytes(12)].map((byte) => LETTERS[byte % LETTERS.length]).join('');

async function createImage(call: Call): Promise<Answer> {
  const { parts, request } = call;
  const given = objectOf(call.given, 'createImage');
  const name = textOf(needed(given, 'createImage', 'name'), 'name');
  const properties = given.metadata === undefined ? {} : metadataOf(given.metadata);
  let imageId = '';
  const wish: ActionWish = {
    action: 'snapshot',
    word: 'createImage',
    async prepare(server, _state, tx) {
      const nowMs = parts.context.clock.now();
      const draft = {
        name,
        projectId: server.projectId ?? '',
        baseImageId: server.body.image_id,
        properties: { ...properties, instance_uuid: server.id, image_type: 'snapshot' },
        nowMs,
      };
      imageId = await parts.images.snapshot(tx, draft);
      return {};
    },
  };
  await act(parts, call.id, wish, call.caller);
  if (call.minor >= 45) return json(202, { image_id: imageId });
  return empty(202, { Location: `${baseUrl(request)}/images/${imageId}` });
}

async function consoleOutput(call: Call): Promise<Answer> {
  const { parts } = call;
  const given = call.given === null ? {} : objectOf(call.given, 'os-getConsoleOutput');
  const length = given.length === undefined || given.length === null ? null : wholeOf(given.length, 'length', -1);
  const nowMs = parts.context.clock.now();
  const server = await findServer(parts.context.store, call.id, call.request.identity, nowMs);
  const state = stateAt(server.body.state, nowMs);
  if (state.launchedAtMs === null) throw conflict(`Instance ${call.id} is not ready`);
  const ports = await portsOfDevice(parts.context.store, call.id);
  const guest = { ...guestOf(server, ports), launchedAtMs: state.launchedAtMs };
  return json(200, { output: await parts.driver.consoleLog(guest, length === -1 ? null : length, nowMs) });
}

/** No driver here has screens yet. */
async function oldConsole(call: Call, kind: string): Promise<Answer> {
  const type = isJsonObject(call.given) && typeof call.given.type === 'string' ? call.given.type : kind;
  await findServer(call.parts.context.store, call.id, call.request.identity, call.parts.context.clock.now());
  throw badRequest(`Unavailable console type ${type}.`);
}

export async function remoteConsole(parts: ComputeParts, request: ApiRequest): Promise<Answer> {
  const given = objectOf(((request.body ?? {}) as JsonObject).remote_console ?? null, 'remote_console');
  const type = textOf(needed(given, 'remote_console', 'type'), 'type');
  await findServer(parts.context.store, request.params.id ?? '', request.identity, parts.context.clock.now());
  throw badRequest(`Unavailable console type ${type}.`);
}

async function resetServerState(call: Call): Promise<Answer> {
  needAdmin(call.request.identity, 'os-admin-actions:reset_state');
  const to = choiceOf(needed(objectOf(call.given, 'os-resetState'), 'os-resetState', 'state'), 'state', ['active', 'error']);
  await change(call.parts, call.id, call.caller, (server, nowMs) => {
    const state = resetState(stateAt(server.body.state, nowMs), to, nowMs);
    return { state: to === 'active' ? { ...state, powerState: powerStates.running } : state };
  });
  return empty(202);
}

async function lock(call: Call): Promise<Answer> {
  const reason =
    isJsonObject(call.given) && call.minor >= 73 && call.given.locked_reason !== undefined
      ? textOf(call.given.locked_reason, 'locked_reason')
      : null;
  const lockedByAdmin = isAdmin(call.request.identity);
  await change(call.parts, call.id, call.caller, (server, nowMs) => ({
    locked: true,
    lockedReason: reason,
    lockedByAdmin,
    actions: withAction(server.body, call.caller, 'lock', nowMs),
  }));
  return empty(202);
}

async function unlock(call: Call): Promise<Answer> {
  await change(call.parts, call.id, call.caller, (server, nowMs) => {
    if (server.body.lockedByAdmin) needAdmin(call.request.identity, 'os-lock-server:unlock:unlock_override');
    return { locked: false, lockedReason: null, lockedByAdmin: false, actions: withAction(server.body, call.caller, 'unlock', nowMs) };
  });
  return empty(202);
}

async function changeGroups(call: Call, how: 'add' | 'remove'): Promise<Answer> {
  const { context } = call.parts;
  const name = textOf(needed(objectOf(call.given, `${how}SecurityGroup`), `${how}SecurityGroup`, 'name'), 'name');
  const nowMs = context.clock.now();
  await context.store.transaction(async (tx) => {
    const server = await findServer(tx, call.id, call.request.identity, nowMs, true);
    const [groupId = ''] = await groupIdsNamed(tx, server.projectId ?? '', [name], { nowMs, random: context.random });
    const names = server.body.securityGroups;
    if (how === 'remove' && !names.includes(name)) throw missing(`Security group ${name} not associated with the instance ${call.id}`);
    for (const port of await portsOfDevice(tx, call.id)) {
      const others = port.body.security_groups.filter((one) => one !== groupId);
      const body = { ...port.body, security_groups: how === 'add' ? [...others, groupId] : others } as PortBody;
      await tx.documents.replace<PortBody>(networkCollections.ports, { id: port.id, body }, nowMs);
    }
    const securityGroups = how === 'add' ? [...new Set([...names, name])] : names.filter((one) => one !== name);
    await saveServer(tx, server, { securityGroups }, nowMs);
  });
  return empty(202);
}
