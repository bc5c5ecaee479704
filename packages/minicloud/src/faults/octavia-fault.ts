/** Octavia's fault format: `{"faultcode", "faultstring", "debuginfo"}`; what its router refuses is a small HTML page. */
import { json, keystoneUnauthorized, type Answer, type ApiRequest, type Problem } from '@hearth/http-kit';
import { spoken } from './status.ts';

/** Type of a refusal that Octavia answers before its typed controllers: as a page. */
export const PAGE = 'WSMEPage';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => ESCAPES[c] ?? c);

export function octaviaFault(problem: Problem, request: ApiRequest): Answer {
  if (problem.kind === 'unauthorized') return keystoneUnauthorized(request.origin);
  if (problem.kind === 'no-route') return page(404, 'Not Found', 'The resource could not be found.<br /><br />\n');
  if (problem.kind === 'method-not-allowed')
    return page(405, 'Method Not Allowed', `The method ${escaped(request.method)} is not allowed for this resource. <br /><br />`);
  const { status, message } = spoken(problem);
  if (problem.kind === 'refusal' && problem.refusal.type === PAGE) {
    const lead = 'The server could not comply with the request since it is either malformed or otherwise incorrect.';
    return page(status, 'Bad Request', `${lead}<br /><br />\n${escaped(message)}\n`);
  }
  return json(status, { faultcode: status >= 500 ? 'Server' : 'Client', faultstring: message, debuginfo: null });
}

function page(status: number, title: string, text: string): Answer {
  const heading = `${status} ${title}`;
  const body = `<html>\n <head>\n  <title>${heading}</title>\n </head>\n <body>\n  <h1>${heading}</h1>\n  ${text}\n\n </body>\n</html>`;
  return { status, headers: { 'Content-Type': 'text/html; charset=UTF-8' }, body };
}
