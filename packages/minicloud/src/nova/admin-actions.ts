/** Actions for administrators, and those that a cloud with one host and no deferred deletion refuses. */
import { empty, json, type Answer } from '@hearth/http-kit';
import { argumentsOf, optionalArgumentsOf, type ActionCall } from './action-call.ts';
import { powerStates, refuseState, resetState, stateAt, type VmState } from './machine.ts';
import type { ServerDocument } from './records.ts';
import { badRequest, choiceOf, missing, needAdmin, needed, refuseUnknownKeys, textOf, truthOf } from './refusals.ts';
import { change, deleteServer, findServer } from './servers.ts';

export async function resetServerState(call: ActionCall): Promise<Answer> {
  needAdmin(call.request.identity, 'os-admin-actions:reset_state');
  const to = choiceOf(needed(argumentsOf(call, 'os-resetState'), 'os-resetState', 'state'), 'state', ['active', 'error']);
  await change(call.parts, call.id, call.caller, (server, nowMs) => {
    const state = resetState(stateAt(server.body.state, nowMs), to, nowMs);
    return { state: to === 'active' ? { ...state, powerState: powerStates.running } : state };
  });
  return empty(202);
}

export async function forceDelete(call: ActionCall): Promise<Answer> {
  await deleteServer(call.parts, call.id, call.caller);
  return empty(202);
}

/** Deletion is never deferred here, so that there is never anything to restore. */
export async function restore(call: ActionCall): Promise<Answer> {
  const { server, vmState } = await serverIn(call);
  refuseState(server.id, 'restore', `vm_state ${vmState}`);
  return empty(202);
}

/** Nova took these away and says so. */
export async function gone(): Promise<Answer> {
  return json(410, { computeFault: { code: 410, message: 'This resource is no longer available. No forwarding address is given.' } });
}

/** The guest's network is what it is. */
export async function injectNetworkInfo(call: ActionCall): Promise<Answer> {
  needAdmin(call.request.identity, 'os-admin-actions:inject_network_info');
  await serverIn(call);
  return empty(202);
}

const NO_OTHER_HOST = 'No valid host was found. There are not enough hosts available.';

export async function migrate(call: ActionCall): Promise<Answer> {
  needAdmin(call.request.identity, 'os-migrate-server:migrate');
  const given = optionalArgumentsOf(call);
  const host = given.host === undefined || given.host === null ? null : textOf(given.host, 'host');
  const { server, vmState } = await serverIn(call);
  if (vmState !== 'active' && vmState !== 'stopped') refuseState(server.id, 'migrate', `vm_state ${vmState}`);
  if (host === call.parts.driver.host.hostname) throw badRequest(`Cannot migrate to the same host ${host}: the server is there already.`);
  if (host !== null) throw badRequest(`Compute host ${host} could not be found.`);
  throw badRequest(NO_OTHER_HOST);
}

export async function migrateLive(call: ActionCall): Promise<Answer> {
  needAdmin(call.request.identity, 'os-migrate-server:migrate_live');
  const given = argumentsOf(call, 'os-migrateLive');
  for (const key of ['block_migration', 'host', ...(call.minor < 25 ? ['disk_over_commit'] : [])]) needed(given, 'os-migrateLive', key);
  refuseUnknownKeys(given, 'os-migrateLive', ['block_migration', 'host', 'disk_over_commit', 'force']);
  const { host } = given;
  const { server, vmState } = await serverIn(call);
  if (vmState !== 'active' && vmState !== 'paused') refuseState(server.id, 'os-migrateLive', `vm_state ${vmState}`);
  if (host !== null && host !== undefined) {
    const name = textOf(host, 'host');
    if (name !== call.parts.driver.host.hostname) throw badRequest(`Compute host ${name} could not be found.`);
    throw badRequest(`Unable to migrate instance (${server.id}) to current host (${name}).`);
  }
  throw badRequest(NO_OTHER_HOST);
}

export async function evacuate(call: ActionCall): Promise<Answer> {
  needAdmin(call.request.identity, 'os-evacuate');
  const given = argumentsOf(call, 'evacuate');
  refuseUnknownKeys(given, 'evacuate', ['host', 'adminPass', 'onSharedStorage', 'force']);
  if (call.minor < 14) truthOf(needed(given, 'evacuate', 'onSharedStorage'), 'onSharedStorage');
  const own = call.parts.driver.host.hostname;
  const { server, vmState } = await serverIn(call);
  if (given.host !== undefined && given.host !== null) {
    const host = textOf(given.host, 'host');
    if (host !== own) throw missing(`Compute host ${host} not found.`);
    throw badRequest("The target host can't be the same one.");
  }
  if (!['active', 'stopped', 'error'].includes(vmState)) refuseState(server.id, 'evacuate', `vm_state ${vmState}`);
  throw badRequest(`Compute service of ${own} is still in use.`);
}

async function serverIn(call: ActionCall): Promise<{ server: ServerDocument; vmState: VmState }> {
  const { store, clock } = call.parts.context;
  const nowMs = clock.now();
  const server = await findServer(store, call.id, call.request.identity, nowMs);
  return { server, vmState: stateAt(server.body.state, nowMs).vmState };
}
