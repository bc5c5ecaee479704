/** Short URLs with a stack's name, id or ARN: redirected to the full one, with the same query. */
import type { Answer, ApiRequest, Method } from '@hearth/http-kit';
import { param, type Action, type ActionRequest } from './action.ts';
import { bare, noSuchUrl } from './faults.ts';
import { originOf, stackUrl } from './links.ts';

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Parts of a stack that a short URL may name, and with which methods. */
const SUBPATHS: readonly (readonly [string, readonly Method[]])[] = [
  ['resources', ['GET', 'POST']],
  ['events', ['GET', 'POST']],
  ['template', ['GET', 'POST']],
  ['actions', ['GET', 'POST']],
  ['environment', ['GET']],
  ['files', ['GET']],
];

const lookup = (method: Method, path: string, handle: Action['handle']): Action => ({
  method,
  path,
  persona: 'stack-user',
  rule: 'stacks:lookup',
  handle,
});

export const LOOKUP_ACTIONS: readonly Action[] = [
  ...METHODS.map((method) => lookup(method, '/stacks/:stack', (action) => redirect(action, ''))),
  ...SUBPATHS.flatMap(([subpath, methods]) =>
    methods.map((method) => lookup(method, `/stacks/:stack/${subpath}`, (action) => redirect(action, `/${subpath}`))),
  ),
  // An ARN whose slashes were not encoded.
  ...METHODS.flatMap((method) =>
    ['/stacks/:arn/:name/:id', '/stacks/:arn/:name/:id/*'].map((path) => lookup(method, path, redirectSplitArn)),
  ),
];

async function redirect({ request, caller, stacks }: ActionRequest, subpath: string): Promise<Answer> {
  const name = param(request, 'stack');
  const arn = arnParts(name);
  if (arn !== null) return found(request, `${arnUrl(request, arn)}${subpath}`);
  return found(request, `${stackUrl(request, await stacks.findStack(caller, name))}${subpath}`);
}

function redirectSplitArn({ request }: ActionRequest): Answer {
  const rest = request.params['*'];
  const text = [param(request, 'arn'), param(request, 'name'), param(request, 'id'), ...(rest === undefined ? [] : [rest])].join('/');
  const arn = arnParts(text);
  if (arn === null) return noSuchUrl();
  return found(request, arnUrl(request, arn));
}

interface Arn {
  readonly project: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
}
const ARN = /^arn:openstack:heat::([^:/]+):stacks\/([^/]+)\/([^/]+)(\/.*)?$/;

function arnParts(text: string): Arn | null {
  const match = ARN.exec(text);
  return match === null ? null : { project: match[1] as string, name: match[2] as string, id: match[3] as string, path: match[4] ?? '' };
}

const arnUrl = (request: ApiRequest, { project, name, id, path }: Arn): string =>
  `${originOf(request)}${request.prefix}/v1/${[project, 'stacks', name, id].map(encodeURIComponent).join('/')}${path.split('/').map(encodeURIComponent).join('/')}`;

function found(request: ApiRequest, url: string): Answer {
  const query = request.query.toString();
  const location = query === '' ? url : `${url}?${query}`;
  return bare(302, 'Found', `The stack is at ${location}`, { Location: location });
}
