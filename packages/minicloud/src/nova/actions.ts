/** POST /servers/{id}/action: which action the body names; the handlers are in files by topic. */
import { isJsonObject } from '@hearth/kernel';
import { empty, isAdmin, type Answer, type ApiRequest } from '@hearth/http-kit';
import { argumentsOf, plain, type ActionCall, type ActionHandler } from './action-call.ts';
import { evacuate, forceDelete, gone, injectNetworkInfo, migrate, migrateLive, resetServerState, restore } from './admin-actions.ts';
import { consoleOutput, oldConsole } from './consoles.ts';
import { createBackup, createImage } from './image-actions.ts';
import { rebuild, resize } from './resize-actions.ts';
import { rescue, shelve, shelveOffload, unshelve } from './rescue-actions.ts';
import { changeServerGroups } from './group-actions.ts';
import { badRequest, choiceOf, missing, needAdmin, needed, refuseUnknownKeys, textOf } from './refusals.ts';
import { change, withAction, type ComputeParts } from './servers.ts';

const handlers: Readonly<Record<string, ActionHandler>> = {
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
  rescue,
  unrescue: plain('unrescue', 'unrescue'),
  shelve,
  shelveOffload,
  unshelve,
  createImage,
  createBackup,
  changePassword,
  'os-getConsoleOutput': consoleOutput,
  'os-getVNCConsole': (call) => oldConsole(call, 'os-getVNCConsole', ['novnc', 'xvpvnc']),
  'os-getSPICEConsole': (call) => oldConsole(call, 'os-getSPICEConsole', ['spice-html5']),
  'os-getRDPConsole': (call) => oldConsole(call, 'os-getRDPConsole', ['rdp-html5']),
  'os-getSerialConsole': (call) => oldConsole(call, 'os-getSerialConsole', ['serial']),
  'os-resetState': resetServerState,
  forceDelete,
  restore,
  migrate,
  'os-migrateLive': migrateLive,
  evacuate,
  resetNetwork: gone,
  injectNetworkInfo,
  lock,
  unlock,
  addSecurityGroup: (call) => changeServerGroups(call, 'add'),
  removeSecurityGroup: (call) => changeServerGroups(call, 'remove'),
};

/** What Nova once passed on to the network service, until this minor version. */
const PROXIES: readonly string[] = ['addFloatingIp', 'removeFloatingIp', 'addFixedIp', 'removeFixedIp'];
const LAST_PROXY = 43;

export async function serverAction(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const { body } = request;
  const names = isJsonObject(body) ? Object.keys(body) : [];
  const [name] = names;
  if (!isJsonObject(body) || name === undefined || names.length !== 1) throw badRequest('Malformed request body');
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (handler === undefined) {
    if (!PROXIES.includes(name)) throw badRequest(`There is no such action: ${name}`);
    if (minor > LAST_PROXY) throw missing('The resource could not be found.');
    throw badRequest(`This cloud keeps addresses in its network service only: ${name} is not offered, ask there.`);
  }
  const caller = { identity: request.identity, requestId: request.id };
  return handler({ parts, request, minor, id: request.params.id ?? '', caller, given: body[name] ?? null });
}

async function reboot(call: ActionCall): Promise<Answer> {
  const given = textOf(needed(argumentsOf(call, 'reboot'), 'reboot', 'type'), 'type', 255, 0);
  const type = choiceOf(given, 'type', ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']);
  return plain(type.toLowerCase() === 'hard' ? 'hard-reboot' : 'soft-reboot', 'reboot')(call);
}

async function changePassword(call: ActionCall): Promise<Answer> {
  textOf(needed(argumentsOf(call, 'changePassword'), 'changePassword', 'adminPass'), 'adminPass', 255, 0);
  return plain('change-password', 'changePassword')(call);
}

async function lock(call: ActionCall): Promise<Answer> {
  const given = call.minor >= 73 && call.given !== null ? argumentsOf(call, 'lock') : {};
  refuseUnknownKeys(given, 'lock', ['locked_reason']);
  const reason = given.locked_reason !== undefined ? textOf(given.locked_reason, 'locked_reason') : null;
  const lockedByAdmin = isAdmin(call.request.identity);
  await change(call.parts, call.id, call.caller, (server, nowMs) => ({
    locked: true,
    lockedReason: reason,
    lockedByAdmin,
    actions: withAction(server.body, call.caller, 'lock', nowMs),
  }));
  return empty(202);
}

async function unlock(call: ActionCall): Promise<Answer> {
  await change(call.parts, call.id, call.caller, (server, nowMs) => {
    if (server.body.lockedByAdmin) needAdmin(call.request.identity, 'os-lock-server:unlock:unlock_override');
    return { locked: false, lockedReason: null, lockedByAdmin: false, actions: withAction(server.body, call.caller, 'unlock', nowMs) };
  });
  return empty(202);
}
