/** Keystone's fault format: `{"error": {code, message, title}}`; what its framework answers itself looks different. */
import { json, type Answer, type ApiRequest, type Problem } from '@hearth/http-kit';
import { spoken, titleOf } from './status.ts';

const NO_PAGE =
  '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>There is nothing at this URL. Is it spelled right?</p>\n';
/** Named in the fault when a login asks for another one. */
export const AUTH_METHODS: readonly string[] = ['password', 'token', 'application_credential'];

export function keystoneFault(problem: Problem, request: ApiRequest): Answer {
  const headers: Record<string, string> = { Vary: 'X-Auth-Token' };
  if (problem.kind === 'no-route')
    return { status: 404, headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' }, body: NO_PAGE };
  if (problem.kind === 'method-not-allowed') return json(405, { message: 'The method is not allowed for the requested URL.' }, headers);
  const { status, type, message } = spoken(problem);
  const error: Record<string, unknown> = { code: status, message: wording(type, message), title: titleOf(status) };
  if (type === 'AuthMethodNotSupported') error['identity'] = { methods: AUTH_METHODS };
  if (type === 'ApplicationCredentialAuthError') error['identity'] = {};
  if (status === 401) headers['WWW-Authenticate'] = `Keystone uri="${request.origin}${request.prefix}/v3"`;
  return json(status, { error }, headers);
}

/** Keystone does not say what is wrong with a body that is no JSON. */
const wording = (type: string, message: string): string =>
  type === 'JSONError'
    ? 'Expecting to find valid JSON in request body. The server could not comply with the request since it is either malformed or ' +
      'otherwise incorrect. The client is assumed to be in error.'
    : message;
