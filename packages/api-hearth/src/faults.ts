/** What goes wrong, as `{"error": {code, type, message}}`: one table from refusals and failures to statuses. */
import { json, keystoneUnauthorized, REFUSAL_STATUS, type Answer, type ApiRequest, type Problem } from '@hearth/http-kit';
import { unreachable, type FailureCode } from '@hearth/kernel';

/** Refusals whose reason the caller can do something about by itself. */
const STATUS_BY_TYPE: Readonly<Record<string, number>> = { TooManyEventStreams: 429 };

/** Failures of the database and of Keystone: what the rest would mean is for the log. */
const AWAY: ReadonlySet<FailureCode> = new Set(['busy', 'unavailable']);
const RETRY_AFTER_SECONDS = '5';

export function hearthFault(authUri: string): (problem: Problem, request: ApiRequest) => Answer {
  return (problem, request) => {
    switch (problem.kind) {
      case 'refusal': {
        const { code, type, message } = problem.refusal;
        return fault(STATUS_BY_TYPE[type] ?? REFUSAL_STATUS[code], type, message);
      }
      case 'failure':
        return AWAY.has(problem.failure.code) ? fault(503, 'ServiceUnavailable', problem.failure.message) : internal(request.id);
      case 'bug':
        return internal(problem.requestId);
      case 'unauthorized':
        return keystoneUnauthorized(authUri);
      case 'no-route':
        return fault(404, 'NoSuchUrl', 'There is nothing at this URL.');
      case 'method-not-allowed':
        return fault(405, 'MethodNotAllowed', `${request.method} is not possible here; possible are ${problem.allow.join(', ')}.`);
      default:
        return unreachable(problem);
    }
  };
}

const internal = (requestId: string): Answer => fault(500, 'InternalError', `The server's log has the reason under ${requestId}.`);

const fault = (status: number, type: string, message: string): Answer =>
  json(status, { error: { code: status, type, message } }, status === 429 || status === 503 ? { 'Retry-After': RETRY_AFTER_SECONDS } : {});
