/** Snapshots of a stack; letting a stack go; telling what it would leave with. */
import { empty, json, type Answer } from '@hearth/http-kit';
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { SnapshotSummary } from '@hearth/stacks';
import { param, stackKey, type Action, type ActionRequest } from './action.ts';
import { bare } from './faults.ts';
import { badRequest } from './request-values.ts';
import { timeText } from './views.ts';

const STACK = '/stacks/:name/:id';
const SNAPSHOTS = `${STACK}/snapshots`;
const SNAPSHOT = `${SNAPSHOTS}/:snapshot`;

export const SNAPSHOT_ACTIONS: readonly Action[] = [
  { method: 'POST', path: SNAPSHOTS, persona: 'member', rule: 'stacks:snapshot', handle: create },
  { method: 'GET', path: SNAPSHOTS, persona: 'reader', rule: 'stacks:list_snapshots', handle: list },
  { method: 'GET', path: SNAPSHOT, persona: 'reader', rule: 'stacks:show_snapshot', handle: show },
  { method: 'DELETE', path: SNAPSHOT, persona: 'member', rule: 'stacks:delete_snapshot', handle: remove },
  { method: 'POST', path: `${SNAPSHOT}/restore`, persona: 'member', rule: 'stacks:restore_snapshot', handle: restore },
  {
    method: 'DELETE',
    path: `${STACK}/abandon`,
    persona: 'member',
    rule: 'stacks:abandon',
    handle: async ({ request, caller, stacks }) => json(200, await stacks.abandonStack(caller, stackKey(request))),
  },
  {
    method: 'GET',
    path: `${STACK}/export`,
    persona: 'member',
    rule: 'stacks:export',
    handle: async ({ request, caller, stacks }) => json(200, await stacks.exportStack(caller, stackKey(request))),
  },
];

/** What it holds is told of one at a time. */
const shown = (snapshot: SnapshotSummary, data: JsonObject | null): JsonObject => ({
  id: snapshot.id,
  name: snapshot.name,
  status: snapshot.status,
  status_reason: snapshot.statusReason,
  data,
  creation_time: timeText(snapshot.createdAt),
});

async function create({ request, caller, stacks }: ActionRequest): Promise<Answer> {
  const body = isJsonObject(request.body) ? request.body : {};
  const name: Json = body['name'] ?? null;
  if (name !== null && typeof name !== 'string') throw badRequest('"name" must be text.');
  return json(200, shown(await stacks.createSnapshot(caller, stackKey(request), name), null));
}

async function list({ request, caller, stacks }: ActionRequest): Promise<Answer> {
  const found = await stacks.listSnapshots(caller, stackKey(request));
  return json(200, { snapshots: found.map((snapshot) => shown(snapshot, null)) });
}

async function show({ request, caller, stacks }: ActionRequest): Promise<Answer> {
  const snapshot = await stacks.showSnapshot(caller, stackKey(request), param(request, 'snapshot'));
  // As in Heat, there is nothing to be told before it is whole.
  return json(200, { snapshot: shown(snapshot, snapshot.status === 'IN_PROGRESS' ? null : snapshot.data) });
}

async function remove({ request, caller, stacks }: ActionRequest): Promise<Answer> {
  await stacks.deleteSnapshot(caller, stackKey(request), param(request, 'snapshot'));
  return empty(204);
}

async function restore({ request, caller, stacks }: ActionRequest): Promise<Answer> {
  await stacks.restoreSnapshot(caller, stackKey(request), param(request, 'snapshot'));
  return bare(202, 'Accepted', 'The request is accepted for processing.');
}
