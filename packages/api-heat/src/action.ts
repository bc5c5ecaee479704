/** One API action: its route, who may call it under which policy rule, and what it does for a caller. */
import { asId, Refusal, type ProjectId, type UserId } from '@hearth/kernel';
import { isAdmin, type Answer, type ApiRequest, type Method, type Route } from '@hearth/http-kit';
import type { Caller, StackKey, StackUseCases } from '@hearth/stacks';
import { requirePersona, type Persona } from './personas.ts';

export interface ActionRequest {
  readonly request: ApiRequest;
  readonly caller: Caller;
  readonly stacks: StackUseCases;
}

export interface Action {
  readonly method: Method;
  /** Below `/v1/:project`. */
  readonly path: string;
  readonly persona: Persona;
  /** `stacks:create`: named in the refusal. */
  readonly rule: string;
  readonly handle: (action: ActionRequest) => Promise<Answer> | Answer;
}

/** Both spellings of the version. */
const BASES = ['/v1/:project', '/v1.0/:project'];

export function routesOf(actions: readonly Action[], stacks: StackUseCases): readonly Route[] {
  return actions.flatMap((action) =>
    BASES.map(
      (base): Route => ({ method: action.method, path: `${base}${action.path}`, handle: (request) => act(action, request, stacks) }),
    ),
  );
}

function act(action: Action, request: ApiRequest, stacks: StackUseCases): Promise<Answer> | Answer {
  const { identity } = request;
  const { projectId } = identity;
  // The token decides whose stacks are seen; the URL only has to agree. Administrators may follow links into other projects.
  if (projectId === null || (projectId !== request.params['project'] && !isAdmin(identity))) {
    throw new Refusal('forbidden', 'HTTPForbidden', 'The token is not for the project in the URL.');
  }
  requirePersona(action.persona, identity.roles, action.rule);
  const caller: Caller = {
    projectId: asId<ProjectId>(projectId),
    userId: asId<UserId>(identity.userId),
    userName: identity.userName,
    roles: identity.roles,
    token: identity.token,
    trustId: identity.trustId,
  };
  return action.handle({ request, caller, stacks });
}

export const param = (request: ApiRequest, name: string): string => request.params[name] ?? '';
export const stackKey = (request: ApiRequest): StackKey => ({ name: param(request, 'name'), id: param(request, 'id') });
