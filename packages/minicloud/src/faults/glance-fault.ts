/**
 * Glance's faults as its web framework writes them: HTML, JSON or plain text, whatever the request accepts. A refusal's `details.detail` is
 * the second sentence, `details.status` an HTTP status that refusals have no code for.
 */
import type { Answer, ApiRequest, Problem } from '@hearth/http-kit';
import { spoken, titleOf } from './status.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (c) => ESCAPES[c] ?? c);
const LOGIN_NEEDED =
  'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.';

export function glanceFault(problem: Problem, request: ApiRequest): Answer {
  const said = spoken(problem);
  const details = problem.kind === 'refusal' ? problem.refusal.details : {};
  const status = typeof details['status'] === 'number' ? details['status'] : said.status;
  const detail = typeof details['detail'] === 'string' ? details['detail'] : '';
  const message =
    problem.kind === 'unauthorized'
      ? LOGIN_NEEDED
      : problem.kind === 'method-not-allowed'
        ? `The method ${request.method} is not allowed for this resource.`
        : said.message;
  const challenge = problem.kind === 'unauthorized' ? { 'WWW-Authenticate': `Keystone uri="${request.origin}/v3"` } : {};
  const patches =
    status === 415 && request.method === 'PATCH'
      ? { 'Accept-Patch': 'application/openstack-images-v2.0-json-patch, application/openstack-images-v2.1-json-patch' }
      : {};
  const title = status === 415 ? 'Unsupported Media Type' : status === 416 ? 'Requested Range Not Satisfiable' : titleOf(status);
  const { type, body } = inFormat(request.header('accept'), `${status} ${title}`, { title, message, detail });
  return { status, headers: { 'Content-Type': type, ...challenge, ...patches }, body };
}

interface Words {
  readonly title: string;
  readonly message: string;
  readonly detail: string;
}

function inFormat(
  accept: string | null,
  line: string,
  { title, message, detail }: Words,
): { readonly type: string; readonly body: unknown } {
  const accepts = accept ?? '';
  const html = `${escaped(message)}<br /><br />\n${escaped(detail)}\n\n`;
  if (/text\/html|\*\/\*|text\/\*/.test(accepts)) {
    const page = `<html>\n <head>\n  <title>${line}</title>\n </head>\n <body>\n  <h1>${line}</h1>\n  ${html}\n </body>\n</html>`;
    return { type: 'text/html; charset=UTF-8', body: page };
  }
  if (accepts.includes('application/json')) return { type: 'application/json', body: { message: html, code: line, title } };
  return { type: 'text/plain; charset=UTF-8', body: `${line}\n\n${message}\n\n ${detail}  ` };
}
