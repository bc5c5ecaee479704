/** Everything below `/v1`: takes the path apart, asks who may, and hands over. */
import { json, type Answer, type ApiRequest, type Method, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import { swiftPage, transactionId } from '../faults/swift-fault.ts';
import { changeAccount, showAccount } from './accounts.ts';
import { authorize, SIGNED, type Grant } from './authorize.ts';
import { deleteContainer, postContainer, putContainer, showContainer, type ContainerPath } from './containers.ts';
import { swiftInfo } from './info.ts';
import { copyObject, otherPath } from './object-copy.ts';
import { showObject } from './object-read.ts';
import { deleteObject, postObject, putObject, type ObjectPath } from './object-write.ts';
import { readPath, type SwiftPath } from './path.ts';
import { refused } from './state.ts';
import { signedUse } from './temp-url.ts';

const METHODS: readonly Method[] = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'COPY', 'PATCH'];
const WRITES = new Set(['PUT', 'POST', 'DELETE']);

export function swiftRoutes(context: ServiceContext, maxBytes: number): readonly Route[] {
  const handle = async (request: ApiRequest): Promise<Answer> => {
    const answer = await perform(context, request, maxBytes);
    return { ...answer, headers: { ...answer.headers, 'X-Trans-Id': transactionId(request) } };
  };
  return [
    { method: 'GET', path: '', access: 'public', handle: (request) => front(request, maxBytes) },
    ...METHODS.map((method): Route => ({ method, path: '/*', access: 'public', body: 'stream', handle })),
  ];
}

/** `/info` and `/v1` themselves. */
function front(request: ApiRequest, maxBytes: number): Answer {
  if (request.prefix === '/info') return json(200, swiftInfo(maxBytes), { 'Content-Type': 'application/json; charset=UTF-8' });
  throw refused(412, 'Bad URL');
}

const methodNotAllowed = (allowed: readonly string[]): Answer => ({
  status: 405,
  headers: { 'Content-Type': 'text/html; charset=UTF-8', Allow: ['OPTIONS', ...allowed].join(', ') },
  body: swiftPage(405),
});

async function perform(context: ServiceContext, request: ApiRequest, maxBytes: number): Promise<Answer> {
  if (request.prefix !== '/v1') throw refused(404);
  const path = readPath(request);
  const sentToken = request.header('x-auth-token');
  const signed = await signedUse(context.store, request, path, context.clock.now());
  if (signed === null && sentToken !== null && sentToken !== '' && request.identityOrNull === null)
    throw refused(401, '', { realm: path.account });
  const grant = signed === null ? await authorize(context.store, request, path, WRITES.has(request.method)) : SIGNED;
  if (path.container === null) return onAccount(context, request, path);
  const container: ContainerPath = { ...path, container: path.container };
  if (path.object === null) return onContainer(context, request, container, grant);
  const object: ObjectPath = { ...container, object: path.object };
  const mayRead = async (name: string): Promise<void> => {
    if (grant.isSigned) return;
    await authorize(context.store, request, { ...path, container: name, object: 'part' }, false);
  };
  if (request.method === 'GET' || request.method === 'HEAD') return showObject(context, request, object, { mayRead, signed });
  return onObject(context, request, object, { grant, mayRead, maxBytes });
}

async function onAccount(context: ServiceContext, request: ApiRequest, path: SwiftPath): Promise<Answer> {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return showAccount(context, request, path);
    case 'POST':
      return changeAccount(context, request, path);
    default:
      return methodNotAllowed(['GET', 'HEAD', 'POST']);
  }
}

async function onContainer(context: ServiceContext, request: ApiRequest, path: ContainerPath, grant: Grant): Promise<Answer> {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return showContainer(context, request, path, grant);
    case 'PUT':
      return putContainer(context, request, path);
    case 'POST':
      return postContainer(context, request, path);
    case 'DELETE':
      return deleteContainer(context, path);
    default:
      return methodNotAllowed(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);
  }
}

interface ObjectRules {
  readonly grant: Grant;
  readonly mayRead: (container: string) => Promise<void>;
  readonly maxBytes: number;
}

async function onObject(context: ServiceContext, request: ApiRequest, path: ObjectPath, rules: ObjectRules): Promise<Answer> {
  switch (request.method) {
    case 'PUT': {
      const from = request.header('x-copy-from');
      if (
        rules.grant.isSigned &&
        (from !== null || request.header('x-object-manifest') !== null || request.query.has('multipart-manifest'))
      )
        throw refused(400, 'What a signed URL puts may not refer to other objects.');
      if (from === null) return putObject(context, request, path, rules);
      if (Number(request.header('content-length') ?? 0) > 0) throw refused(400, 'Copy requests require a zero byte body');
      const words = 'X-Copy-From header must be of the form <container name>/<object name>';
      const source = otherPath(path, from, request.header('x-copy-from-account'), words);
      await authorize(context.store, request, source, false);
      return copyObject(context, request, { source, target: path }, rules);
    }
    case 'COPY': {
      const destination = request.header('destination');
      if (destination === null) throw refused(412, 'Destination header required');
      const words = 'Destination header must be of the form <container name>/<object name>';
      const target = otherPath(path, destination, request.header('destination-account'), words);
      await authorize(context.store, request, target, true);
      return copyObject(context, request, { source: path, target }, rules);
    }
    case 'POST':
      return postObject(context, request, path);
    case 'DELETE':
      return deleteObject(context, request, path);
    default:
      return methodNotAllowed(['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'COPY']);
  }
}
