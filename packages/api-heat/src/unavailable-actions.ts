/** Actions of Heat's API that this server does not have yet: known, guarded like the others, and refused by name. */
import { Refusal } from '@hearth/kernel';
import type { Method } from '@hearth/http-kit';
import { stackKey, type Action, type ActionRequest } from './action.ts';
import { requirePersona, type Persona } from './personas.ts';
import { badRequest } from './request-values.ts';
import { bodyObject } from './stack-body.ts';

const STACK = '/stacks/:name/:id';

/** Method, path below the project, persona, rule. */
const UNAVAILABLE: readonly (readonly [Method, string, Persona, string])[] = [
  ['POST', '/stacks/preview', 'reader', 'stacks:preview'],
  ['PUT', `${STACK}/preview`, 'member', 'stacks:preview_update'],
  ['PATCH', `${STACK}/preview`, 'member', 'stacks:preview_update_patch'],
  ['DELETE', `${STACK}/abandon`, 'member', 'stacks:abandon'],
  ['GET', `${STACK}/export`, 'member', 'stacks:export'],
  ['POST', `${STACK}/snapshots`, 'member', 'stacks:snapshot'],
  ['GET', `${STACK}/snapshots`, 'reader', 'stacks:list_snapshots'],
  ['GET', `${STACK}/snapshots/:snapshot`, 'reader', 'stacks:show_snapshot'],
  ['DELETE', `${STACK}/snapshots/:snapshot`, 'member', 'stacks:delete_snapshot'],
  ['POST', `${STACK}/snapshots/:snapshot/restore`, 'member', 'stacks:restore_snapshot'],
  ['POST', `${STACK}/resources/:resource/signal`, 'stack-user', 'resource:signal'],
  ['PATCH', `${STACK}/resources/:resource`, 'member', 'resource:mark_unhealthy'],
  ['GET', '/software_deployments', 'reader', 'software_deployments:index'],
  ['POST', '/software_deployments', 'member', 'software_deployments:create'],
  ['GET', '/software_deployments/metadata/:server', 'stack-user', 'software_deployments:metadata'],
  ['GET', '/software_deployments/:deployment', 'reader', 'software_deployments:show'],
  ['PUT', '/software_deployments/:deployment', 'member', 'software_deployments:update'],
  ['DELETE', '/software_deployments/:deployment', 'member', 'software_deployments:delete'],
  ['GET', '/services', 'admin', 'service:index'],
];

const unavailable = (rule: string): Refusal =>
  new Refusal('invalid', 'NotSupported', `${rule} is not available in this version of the server yet.`);

export const UNAVAILABLE_ACTIONS: readonly Action[] = [
  ...UNAVAILABLE.map(
    ([method, path, persona, rule]): Action => ({
      method,
      path,
      persona,
      rule,
      handle: () => {
        throw unavailable(rule);
      },
    }),
  ),
  { method: 'POST', path: `${STACK}/actions`, persona: 'reader', rule: 'actions:action', handle: refuseStackAction },
];

/** What `POST …/actions` takes, and who may ask for it. */
const STACK_ACTION_PERSONAS: ReadonlyMap<string, Persona> = new Map([
  ['suspend', 'member'],
  ['resume', 'member'],
  ['check', 'reader'],
  ['cancel_update', 'member'],
  ['cancel_without_rollback', 'member'],
]);

/** A wrong request is told what is wrong with it before a right one is told that it comes too early. */
async function refuseStackAction({ request, caller, stacks }: ActionRequest): Promise<never> {
  const names = Object.keys(bodyObject(request.body));
  const name = names[0];
  if (name === undefined) throw badRequest('No action specified');
  if (names.length > 1) throw badRequest('Multiple actions specified');
  const persona = STACK_ACTION_PERSONAS.get(name);
  if (persona === undefined) throw badRequest(`Invalid action ${name.slice(0, 100)} specified`);
  requirePersona(persona, caller.roles, `actions:${name}`);
  const { stack } = await stacks.showStack(caller, stackKey(request), false);
  const state = `${stack.action}_${stack.status}`;
  if (name === 'cancel_update' && state !== 'UPDATE_IN_PROGRESS')
    throw badRequest(`Cancelling update when stack is ${state} is not supported.`, 'NotSupported');
  throw unavailable(`actions:${name}`);
}
