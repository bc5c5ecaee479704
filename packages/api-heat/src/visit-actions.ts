/** `POST …/actions`: suspend, resume, check, and breaking off; what users say of a resource's health, and the clearing of hooks. */
import { json, type Answer } from '@hearth/http-kit';
import { isJsonObject } from '@hearth/kernel';
import type { Caller, StackKey, StackUseCases } from '@hearth/stacks';
import { param, stackKey, type Action, type ActionRequest } from './action.ts';
import { requirePersona, type Persona } from './personas.ts';
import { badRequest, flag } from './request-values.ts';
import { bodyObject } from './stack-body.ts';

const STACK = '/stacks/:name/:id';

export const VISIT_ACTIONS: readonly Action[] = [
  // Each action has a persona of its own, told by the body.
  { method: 'POST', path: `${STACK}/actions`, persona: 'reader', rule: 'actions:action', handle: performAction },
  { method: 'POST', path: `${STACK}/resources/:resource/signal`, persona: 'stack-user', rule: 'resource:signal', handle: signal },
  { method: 'PATCH', path: `${STACK}/resources/:resource`, persona: 'member', rule: 'resource:mark_unhealthy', handle: markUnhealthy },
];

type Perform = (stacks: StackUseCases, caller: Caller, key: StackKey) => Promise<void>;
const ACTIONS: ReadonlyMap<string, readonly [Persona, Perform]> = new Map<string, readonly [Persona, Perform]>([
  ['suspend', ['member', (stacks, caller, key) => stacks.visitStack(caller, key, 'SUSPEND')]],
  ['resume', ['member', (stacks, caller, key) => stacks.visitStack(caller, key, 'RESUME')]],
  ['check', ['reader', (stacks, caller, key) => stacks.visitStack(caller, key, 'CHECK')]],
  ['cancel_update', ['member', (stacks, caller, key) => stacks.cancelUpdate(caller, key, true)]],
  ['cancel_without_rollback', ['member', (stacks, caller, key) => stacks.cancelUpdate(caller, key, false)]],
]);

async function performAction({ request, caller, stacks }: ActionRequest): Promise<Answer> {
  const names = Object.keys(bodyObject(request.body));
  const name = names[0];
  if (name === undefined) throw badRequest('No action specified');
  if (names.length > 1) throw badRequest('Multiple actions specified');
  const action = ACTIONS.get(name);
  if (action === undefined) throw badRequest(`Invalid action ${name.slice(0, 100)} specified`);
  const [persona, perform] = action;
  requirePersona(persona, caller.roles, `actions:${name}`);
  await perform(stacks, caller, stackKey(request));
  return json(200, null);
}

const MARK_KEYS: readonly string[] = ['mark_unhealthy', 'resource_status_reason'];

async function markUnhealthy({ request, caller, stacks }: ActionRequest): Promise<Answer> {
  const body = bodyObject(request.body);
  const unknown = Object.keys(body).filter((key) => !MARK_KEYS.includes(key));
  if (unknown.length > 0) throw badRequest(`Invalid keys in resource mark unhealthy ${unknown.map((key) => key.slice(0, 100)).join(', ')}`);
  if (!isJsonObject(body) || body['mark_unhealthy'] === undefined)
    throw badRequest('Missing mandatory (mark_unhealthy) key from mark unhealthy request');
  const reason = body['resource_status_reason'] ?? null;
  if (reason !== null && typeof reason !== 'string') throw badRequest('"resource_status_reason" must be text.');
  await stacks.markResource(caller, stackKey(request), param(request, 'resource'), {
    isUnhealthy: flag('mark_unhealthy', body['mark_unhealthy'], 'HTTPBadRequest'),
    reason: reason === '' ? null : reason,
  });
  return json(200, null);
}

/** Anything may come along. */
async function signal({ request, caller, stacks }: ActionRequest): Promise<Answer> {
  await stacks.signalResource(caller, stackKey(request), param(request, 'resource'), isJsonObject(request.body) ? request.body : null);
  return json(200, null);
}
