/** Cinder's fault format: one key that names the kind, as Nova's; unknown URLs in the words of its WSGI layer. */
import { json, keystoneUnauthorized, type Answer, type ApiRequest, type Problem } from '@hearth/http-kit';
import { spoken, titleOf } from './status.ts';

const KEYS: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  429: 'overLimit',
  415: 'badMediaType',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

export function cinderFault(problem: Problem, request: ApiRequest): Answer {
  if (problem.kind === 'unauthorized') return keystoneUnauthorized(`${request.origin}/v3`);
  if (problem.kind === 'no-route' || problem.kind === 'method-not-allowed')
    return json(404, { message: 'The resource could not be found.<br /><br />\n\n\n', code: '404 Not Found', title: titleOf(404) });
  const { status, message } = spoken(problem);
  const fault = { code: status, message };
  if (status === 413) return json(413, { overLimit: { ...fault, retryAfter: '0' } }, { 'Retry-After': '0' });
  return json(status, { [KEYS[status] ?? 'computeFault']: fault });
}
