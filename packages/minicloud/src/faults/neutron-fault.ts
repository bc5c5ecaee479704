/** Neutron's fault format: `{"NeutronError": {type, message, detail}}`, where `type` is the exception's class name. */
import { json, keystoneUnauthorized, type Answer, type ApiRequest, type Problem } from '@hearth/http-kit';
import { spoken } from './status.ts';

/** What Neutron answers 500 to although the request is to blame. */
const INTERNAL = new Set(['SubnetAllocationError']);

export function neutronFault(problem: Problem, request: ApiRequest): Answer {
  if (problem.kind === 'unauthorized') return keystoneUnauthorized(request.origin);
  const { status, type, message } = spoken(problem);
  // A method that a URL does not have is, to Neutron, a malformed request.
  const told =
    problem.kind === 'method-not-allowed'
      ? 'The server could not comply with the request since it is either malformed or otherwise incorrect.'
      : message;
  return json(INTERNAL.has(type) ? 500 : status, { NeutronError: { type, message: told, detail: '' } });
}
