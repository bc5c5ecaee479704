/** Glance's fault format: a small HTML page with title and explanation, as its WSGI layer writes it. */
import type { Answer, ApiRequest, Problem } from '@hearth/http-kit';
import { spoken, titleOf } from './status.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (c) => ESCAPES[c] ?? c);

export function glanceFault(problem: Problem, request: ApiRequest): Answer {
  const { status, message } = spoken(problem);
  const title = `${status} ${titleOf(status)}`;
  const body = `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n  ${escaped(message)}<br /><br />\n\n\n </body>\n</html>`;
  const challenge = problem.kind === 'unauthorized' ? { 'WWW-Authenticate': `Keystone uri="${request.origin}"` } : {};
  return { status, headers: { 'Content-Type': 'text/html; charset=UTF-8', ...challenge }, body };
}
