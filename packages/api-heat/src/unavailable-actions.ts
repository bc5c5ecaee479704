/** Actions of Heat's API that this server does not have yet: known, guarded like the others, and refused by name. */
import { Refusal } from '@hearth/kernel';
import type { Method } from '@hearth/http-kit';
import type { Action } from './action.ts';
import type { Persona } from './personas.ts';

/** Method, path below the project, persona, rule. */
const UNAVAILABLE: readonly (readonly [Method, string, Persona, string])[] = [
  ['GET', '/software_deployments', 'reader', 'software_deployments:index'],
  ['POST', '/software_deployments', 'member', 'software_deployments:create'],
  ['GET', '/software_deployments/metadata/:server', 'stack-user', 'software_deployments:metadata'],
  ['GET', '/software_deployments/:deployment', 'reader', 'software_deployments:show'],
  ['PUT', '/software_deployments/:deployment', 'member', 'software_deployments:update'],
  ['DELETE', '/software_deployments/:deployment', 'member', 'software_deployments:delete'],
];

const unavailable = (rule: string): Refusal =>
  new Refusal('invalid', 'NotSupported', `${rule} is not available in this version of the server yet.`);

export const UNAVAILABLE_ACTIONS: readonly Action[] = UNAVAILABLE.map(
  ([method, path, persona, rule]): Action => ({
    method,
    path,
    persona,
    rule,
    handle: () => {
      throw unavailable(rule);
    },
  }),
);
