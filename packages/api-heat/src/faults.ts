/** Heat's fault format: one table from what went wrong to status, title and explanation; and the bare answers of its router. */
import { unreachable, type FailureCode, type RefusalCode } from '@hearth/kernel';
import { json, keystoneUnauthorized, REFUSAL_STATUS, type Answer, type ApiRequest, type Problem } from '@hearth/http-kit';
import { versionsAnswer } from './versions.ts';

interface Kind {
  readonly title: string;
  readonly explanation: string;
}
const KINDS: Readonly<Record<number, Kind>> = {
  400: { title: 'Bad Request', explanation: 'The request is malformed, or cannot be carried out as it stands.' },
  401: { title: 'Unauthorized', explanation: 'The request needs a valid token.' },
  403: { title: 'Forbidden', explanation: 'These credentials do not allow this.' },
  404: { title: 'Not Found', explanation: 'There is nothing here under that name.' },
  405: { title: 'Method Not Allowed', explanation: 'This URL does not take that method; the Allow header lists those it takes.' },
  409: { title: 'Conflict', explanation: 'The request conflicts with the present state.' },
  500: { title: 'Internal Server Error', explanation: 'The server failed to answer the request.' },
  503: { title: 'Service Unavailable', explanation: 'Something the server depends on cannot be reached at the moment; try again later.' },
};

/** Heat calls a request that is too large a bad one. */
const STATUS: Readonly<Record<RefusalCode, number>> = { ...REFUSAL_STATUS, 'too-large': 400 };
/** Failures of what a request needs at once: the database, the cloud. */
const FAILURE_STATUS: Readonly<Record<FailureCode, number>> = {
  'not-found': 400,
  invalid: 400,
  conflict: 409,
  'over-quota': 403,
  unauthorized: 403,
  forbidden: 403,
  busy: 503,
  unavailable: 503,
  'lease-lost': 503,
  unknown: 500,
  configuration: 500,
};

/** `authUri` tells clients without a token where to get one. */
export function heatFault(authUri: string): (problem: Problem, request: ApiRequest) => Answer {
  return (problem, request) => {
    switch (problem.kind) {
      case 'refusal':
        return fault(STATUS[problem.refusal.code], problem.refusal.type, problem.refusal.message);
      case 'failure': {
        const status = FAILURE_STATUS[problem.failure.code];
        const message = status === 500 ? `The server's log has the reason under ${request.id}.` : problem.failure.message;
        return fault(status, FAILURE_TYPES[status] ?? 'InternalError', message);
      }
      case 'bug':
        return fault(500, 'InternalError', `The server's log has the reason under ${problem.requestId}.`);
      case 'unauthorized':
        return keystoneUnauthorized(authUri);
      case 'no-route':
        return versionsAnswer(request) ?? (request.identityOrNull === null ? keystoneUnauthorized(authUri) : noSuchUrl());
      case 'method-not-allowed':
        if (request.identityOrNull === null) return keystoneUnauthorized(authUri);
        return fault(405, 'HTTPMethodNotAllowed', `${request.method} is not possible here; possible are ${problem.allow.join(', ')}.`);
      default:
        return unreachable(problem);
    }
  };
}

const FAILURE_TYPES: Readonly<Record<number, string>> = {
  400: 'HTTPBadRequest',
  403: 'Forbidden',
  409: 'Conflict',
  503: 'ServiceUnavailable',
};

function fault(status: number, type: string, message: string): Answer {
  const { title, explanation } = KINDS[status] as Kind;
  return json(status, { code: status, title, explanation, error: { type, traceback: null, message } });
}

/** What Heat's router itself answers: its code is text. */
export function bare(status: number, title: string, message: string, headers?: Readonly<Record<string, string>>): Answer {
  return json(status, { code: `${status} ${title}`, title, message }, headers);
}

export const noSuchUrl = (): Answer => bare(404, 'Not Found', 'The resource could not be found.');
