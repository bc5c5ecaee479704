/** Neutron's fault format: `{"NeutronError": {type, message, detail}}`, where `type` is the exception's class name. */
import { json, keystoneUnauthorized, type Answer, type ApiRequest, type Problem } from '@hearth/http-kit';
import { spoken, titleOf } from './status.ts';

export function neutronFault(problem: Problem, request: ApiRequest): Answer {
  if (problem.kind === 'unauthorized') return keystoneUnauthorized(request.origin);
  const { status, type, message } = spoken(problem);
  if (problem.kind === 'no-route')
    return json(404, { message: `${message}<br /><br />\n\n\n`, code: '404 Not Found', title: titleOf(404) });
  return json(status, { NeutronError: { type, message, detail: '' } });
}
