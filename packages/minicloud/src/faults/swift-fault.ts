/** Swift's faults: a line of HTML per status, or plain words. A refusal's `details.status` and `details.html` say more than its code can. */
import type { Answer, ApiRequest, Problem } from '@hearth/http-kit';
import { spoken } from './status.ts';

/** Status → title and sentence, as Swift words them. */
const PAGES: Readonly<Record<number, readonly [string, string]>> = {
  202: ['Accepted', 'The request is accepted for processing.'],
  400: ['Bad Request', 'The server could not comply with the request since it is either malformed or otherwise incorrect.'],
  401: ['Unauthorized', 'This server could not verify that you are authorized to access the document you requested.'],
  403: ['Forbidden', 'Access was denied to this resource.'],
  404: ['Not Found', 'The resource could not be found.'],
  405: ['Method Not Allowed', 'The method is not allowed for this resource.'],
  408: ['Request Timeout', 'The server has waited too long for the request to be sent by the client.'],
  409: ['Conflict', 'There was a conflict when trying to complete your request.'],
  411: ['Length Required', 'Content-Length header required.'],
  412: ['Precondition Failed', 'A precondition for this request was not met.'],
  413: ['Request Entity Too Large', 'The body of your request was too large for this server.'],
  416: ['Requested Range Not Satisfiable', 'The Range requested is not available.'],
  422: ['Unprocessable Entity', 'Unable to process the contained instructions'],
  499: ['Client Disconnect', 'The client was disconnected during request.'],
  500: ['Internal Error', 'The server has either erred or is incapable of performing the requested operation.'],
  503: ['Service Unavailable', 'The server is currently unavailable. Please try again at a later time.'],
};

export function swiftPage(status: number): string {
  const [title, sentence] = PAGES[status] ?? ['Error', ''];
  return `<html><h1>${title}</h1><p>${sentence}</p></html>`;
}

/** Swift's own name for a request, which clients show: from the request id and so found in the log. */
export const transactionId = (request: Pick<ApiRequest, 'id'>): string => {
  const digits = request.id.replaceAll(/[^0-9a-f]/g, '');
  return `tx${digits.slice(-31, -10)}-${digits.slice(-10)}`;
};

export function swiftFault(problem: Problem, request: ApiRequest): Answer {
  const details = problem.kind === 'refusal' ? problem.refusal.details : {};
  const status = typeof details['status'] === 'number' ? details['status'] : spoken(problem).status;
  const isPlain = problem.kind === 'refusal' && problem.refusal.message !== '';
  const realm = typeof details['realm'] === 'string' ? details['realm'] : 'unknown';
  const keystone = realm === 'unknown' ? '' : `, Keystone uri="${request.origin}/v3"`;
  const headers = {
    'Content-Type': 'text/html; charset=UTF-8',
    'X-Trans-Id': transactionId(request),
    ...(status === 401 ? { 'WWW-Authenticate': `Swift realm="${realm}"${keystone}` } : {}),
  };
  if (request.method === 'HEAD') return { status, headers };
  return { status, headers, body: isPlain ? spoken(problem).message : swiftPage(status) };
}
