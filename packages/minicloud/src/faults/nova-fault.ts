/** Nova's fault format: one key that names the kind, `{"itemNotFound": {"code": 404, "message": …}}`. */
import { json, keystoneUnauthorized, type Answer, type ApiRequest, type Problem } from '@hearth/http-kit';
import { spoken } from './status.ts';

const KEYS: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  429: 'overLimit',
  503: 'serviceUnavailable',
};

export function novaFault(problem: Problem, request: ApiRequest): Answer {
  if (problem.kind === 'unauthorized') return keystoneUnauthorized(request.origin);
  const { status, message } = spoken(problem);
  return json(status, { [KEYS[status] ?? 'computeFault']: { code: status, message } });
}
