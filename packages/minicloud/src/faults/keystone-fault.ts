/** Keystone's fault format: `{"error": {code, message, title}}`. */
import { json, keystoneUnauthorized, type Answer, type ApiRequest, type Problem } from '@hearth/http-kit';
import { spoken, titleOf } from './status.ts';

export function keystoneFault(problem: Problem, request: ApiRequest): Answer {
  const { status, message } = spoken(problem);
  if (problem.kind === 'method-not-allowed') return json(405, { message: 'The method is not allowed for the requested URL.' });
  if (status === 401)
    return {
      ...keystoneUnauthorized(`${request.origin}/v3`),
      headers: { Vary: 'X-Auth-Token', 'WWW-Authenticate': `Keystone uri="${request.origin}/v3"` },
    };
  return json(status, { error: { code: status, message, title: titleOf(status) } }, { Vary: 'X-Auth-Token' });
}
