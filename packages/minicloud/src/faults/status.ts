/** HTTP statuses of refusals and failures, shared by every service's fault format. */
import type { FailureCode, Refusal } from '@hearth/kernel';
import { REFUSAL_STATUS, type Problem } from '@hearth/http-kit';

const FAILURE: Readonly<Partial<Record<FailureCode, number>>> = { busy: 503, unavailable: 503 };

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  504: 'Gateway Timeout',
  503: 'Service Unavailable',
};
export const titleOf = (status: number): string => TITLES[status] ?? 'Error';

/** `details.status` stands for statuses that refusals have no code for. */
function statusOf({ code, details }: Refusal): number {
  return typeof details.status === 'number' ? details.status : REFUSAL_STATUS[code];
}

export interface Spoken {
  readonly status: number;
  /** Class name of the fault where the service shows one. */
  readonly type: string;
  readonly message: string;
}

/** Status and message of a problem; only refusals speak their own message to the client. */
export function spoken(problem: Problem): Spoken {
  switch (problem.kind) {
    case 'refusal':
      return { status: statusOf(problem.refusal), type: problem.refusal.type, message: problem.refusal.message };
    case 'failure': {
      const status = FAILURE[problem.failure.code] ?? 500;
      return {
        status,
        type: status === 503 ? 'ServiceUnavailable' : 'HTTPInternalServerError',
        message: 'The service cannot be reached right now; try again.',
      };
    }
    case 'bug':
      return {
        status: 500,
        type: 'HTTPInternalServerError',
        message: `An unexpected error occurred; the log names it by ${problem.requestId}.`,
      };
    case 'unauthorized':
      return { status: 401, type: 'Unauthorized', message: 'The request you have made requires authentication.' };
    case 'no-route':
      return { status: 404, type: 'HTTPNotFound', message: 'The resource could not be found.' };
    case 'method-not-allowed':
      return {
        status: 405,
        type: 'HTTPMethodNotAllowed',
        message: `The method is not allowed for this resource; allowed: ${problem.allow.join(', ')}.`,
      };
  }
}
