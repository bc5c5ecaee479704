/** Servers changed behind everybody's back: another status at once, or gone at once, as a host that breaks down or a careless operator leave them. */
import { empty, json, type Route } from '@hearth/http-kit';
import type { Json } from '@hearth/kernel';
import { powerStates, stateAt, statusOf, type ServerState, type VmState } from '../nova/machine.ts';
import { collections, type StoredServer } from '../nova/records.ts';
import { isGone } from '../nova/server-life.ts';
import { deleteServer, saveServer, type ComputeParts } from '../nova/servers.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { fieldsOf, invalid, missing, textOf, trueOf } from './read-fields.ts';

/** What a status stands for. */
const STATUSES: Readonly<Record<string, { readonly vmState: VmState; readonly powerState: number }>> = {
  ACTIVE: { vmState: 'active', powerState: powerStates.running },
  ERROR: { vmState: 'error', powerState: powerStates.nostate },
  PAUSED: { vmState: 'paused', powerState: powerStates.paused },
  RESCUE: { vmState: 'rescued', powerState: powerStates.running },
  SHELVED: { vmState: 'shelved', powerState: powerStates.shutdown },
  SHELVED_OFFLOADED: { vmState: 'shelved_offloaded', powerState: powerStates.shutdown },
  SHUTOFF: { vmState: 'stopped', powerState: powerStates.shutdown },
  SUSPENDED: { vmState: 'suspended', powerState: powerStates.shutdown },
};

interface ServerChange {
  readonly status: string;
  readonly message: string | null;
}

export function serverRoutes(parts: ComputeParts): readonly Route[] {
  const { store, clock } = parts.context;
  return [
    {
      method: 'POST',
      path: '/servers/:id',
      async handle(request) {
        const id = request.params.id ?? '';
        const wish = readChange(request.body);
        if (wish === 'delete') {
          await living(store, id, clock.now());
          await deleteServer(atOnce(parts), id, { identity: request.identity, requestId: request.id });
          return empty();
        }
        const nowMs = clock.now();
        const after = await store.transaction(async (tx) => {
          const server = await living(tx, id, nowMs, true);
          return saveServer(tx, server, { state: changed(stateAt(server.body.state, nowMs), wish, nowMs), goneAtMs: null }, nowMs);
        });
        return json(200, { server: { id, name: after.name, project: after.projectId, status: statusOf(after.body.state) } });
      },
    },
  ];
}

function readChange(body: unknown): ServerChange | 'delete' {
  const { status, message, delete: isDeleted } = fieldsOf(body, ['status', 'message', 'delete']);
  if (isDeleted !== undefined) {
    trueOf(isDeleted, 'delete');
    if (status !== undefined || message !== undefined)
      throw invalid('a server that is deleted has no status: leave out status and message');
    return 'delete';
  }
  if (typeof status !== 'string' || !Object.hasOwn(STATUSES, status))
    throw invalid(`status must be one of ${Object.keys(STATUSES).join(', ')}, or give "delete": true`);
  if (message !== undefined && status !== 'ERROR') throw invalid('message is for the status ERROR');
  return { status, message: message === undefined ? null : textOf(message as Json, 'message', 1000) };
}

function changed(state: ServerState, { status, message }: ServerChange, nowMs: number): ServerState {
  const to = STATUSES[status] ?? { vmState: state.vmState, powerState: state.powerState };
  const fault = message === null ? (to.vmState === 'error' ? state.fault : null) : { code: 500, message, createdAtMs: nowMs };
  const launchedAtMs = state.launchedAtMs ?? (to.vmState === 'error' ? null : nowMs);
  return { ...state, ...to, transition: null, fault, launchedAtMs, updatedAtMs: nowMs };
}

async function living(store: CloudStore, id: string, nowMs: number, lock = false) {
  const server = await store.documents.get<StoredServer>(collections.servers, id, { lock });
  if (server === null || isGone(server, nowMs)) throw missing(`there is no server ${id}`);
  return server;
}

/** The same parts, for which everything is done the moment it begins. */
const atOnce = (parts: ComputeParts): ComputeParts => ({
  ...parts,
  driver: {
    ...parts.driver,
    schedule: (_deed, _guest, nowMs) => ({ doneAtMs: nowMs, fault: null }),
  },
  storage: (_deed, _object, nowMs) => ({ doneAtMs: nowMs, fault: null }),
});
