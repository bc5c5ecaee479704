/** `/hearth/v1/…` as a façade for the listener. No SQL, no decisions. */
import { isAdmin, type Answer, type ApiRequest, type Facade, type TokenVerifier } from '@hearth/http-kit';
import { asId, Refusal, type ProjectId, type UserId } from '@hearth/kernel';
import { requirePersona, type Caller, type EventFeed, type StackUseCases } from '@hearth/stacks';
import { driftRoutes, type DriftUseCases } from './drift-actions.ts';
import { answerEvents } from './event-actions.ts';
import { answerExports } from './export-actions.ts';
import { hearthFault } from './faults.ts';
import { planRoutes, type PlanUseCases } from './plan-actions.ts';
import { recoveryRoutes, type RecoveryUseCases } from './recovery-actions.ts';
import { answerValidation } from './validate-action.ts';

export interface HearthFacadeOptions {
  readonly events: EventFeed;
  readonly stacks: Pick<StackUseCases, 'diagnoseDefinition' | 'listExports'> & DriftUseCases & PlanUseCases & RecoveryUseCases;
  readonly verifier: TokenVerifier;
  /** Keystone's public URL, for `WWW-Authenticate`. */
  readonly authUri: string;
}

export function hearthFacade({ events, stacks, verifier, authUri }: HearthFacadeOptions): Facade {
  const ofStack = (request: ApiRequest): Promise<Answer> => {
    const caller = callerOf(request, 'reader of a stack');
    return answerEvents(events, caller, request, request.params['stack'] ?? '');
  };
  const ofProject = (request: ApiRequest): Promise<Answer> => {
    const caller = callerOf(request, 'reader of a project');
    return answerEvents(events, caller, request, null);
  };
  const exportsOfProject = (request: ApiRequest): Promise<Answer> =>
    answerExports(stacks, callerOf(request, 'reader of a project', 'exports:index'), request);
  const validation = (request: ApiRequest): Promise<Answer> =>
    answerValidation(stacks, callerOf(request, 'member of a project', 'stacks:validate_template'), request);
  return {
    name: 'hearth',
    prefixes: ['/hearth'],
    routes: [
      { method: 'GET', path: '/v1/:project/stacks/:stack/events', handle: ofStack },
      { method: 'GET', path: '/v1/:project/events', handle: ofProject },
      { method: 'GET', path: '/v1/:project/exports', handle: exportsOfProject },
      { method: 'POST', path: '/v1/:project/validate', handle: validation },
      ...planRoutes(stacks, (request, isChange, rule) => callerOf(request, isChange ? 'member of a project' : 'reader of a project', rule)),
      ...driftRoutes(stacks, (request, isChange, rule) => callerOf(request, isChange ? 'member of a project' : 'reader of a stack', rule)),
      ...recoveryRoutes(stacks, (request, isChange, rule) =>
        callerOf(
          request,
          isChange ? 'member of a project' : request.params['stack'] === undefined ? 'reader of a project' : 'reader of a stack',
          rule,
        ),
      ),
    ],
    fault: hearthFault(authUri),
    verifier,
  };
}

type Asked = 'reader of a stack' | 'reader of a project' | 'member of a project';

/**
 * The token decides whose stacks are seen, and the URL has to agree: another project is as if it were not there. Administrators may
 * follow a stack into its project, as everywhere, but lists are of their own.
 */
function callerOf(request: ApiRequest, asked: Asked, rule = 'events:index'): Caller {
  const { identity } = request;
  const mayFollow = asked === 'reader of a stack' && isAdmin(identity);
  if (identity.projectId === null || (identity.projectId !== request.params['project'] && !mayFollow))
    throw new Refusal('not-found', 'ProjectNotFound', 'There is no such project for this token; use one of the project in the URL.');
  requirePersona(asked === 'member of a project' ? 'member' : 'reader', identity.roles, rule);
  return {
    projectId: asId<ProjectId>(identity.projectId),
    userId: asId<UserId>(identity.userId),
    userName: identity.userName,
    roles: identity.roles,
    token: identity.token,
    trustId: identity.trustId,
  };
}
