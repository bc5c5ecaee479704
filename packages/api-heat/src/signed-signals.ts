/**
 * Signals without a token: URLs that are signed in EC2's query form, as guests were given them. What is told goes to the same use case as every
 * signal. Answers are XML, or JSON where it is asked for.
 */
import { isUuidLike, type Json, Refusal } from '@hearth/kernel';
import { type Answer, type ApiRequest, type Facade, json, type Problem, readJson, type Route } from '@hearth/http-kit';
import type { SignedSignal, StackUseCases } from '@hearth/stacks';

/** Where it is mounted. */
export const SIGNED_PREFIX = '/cfn/v1';
const MAX_BODY_BYTES = 1024 * 1024;

export function signedSignalFacade(options: { readonly stacks: StackUseCases }): Facade {
  const route = (method: 'PUT' | 'POST', kind: SignedSignal['kind']): Route => ({
    method,
    path: `/${kind}/*`,
    access: 'public',
    handle: (request) => take(options.stacks, request, kind),
  });
  return {
    name: 'signed-signals',
    prefixes: [SIGNED_PREFIX],
    routes: [route('PUT', 'waitcondition'), route('POST', 'waitcondition'), route('PUT', 'signal'), route('POST', 'signal')],
    fault,
    readBody: (bytes) => (bytes.length === 0 ? null : readJson(bytes)),
    maxBodyBytes: MAX_BODY_BYTES,
  };
}

async function take(stacks: StackUseCases, request: ApiRequest, kind: SignedSignal['kind']): Promise<Answer> {
  const { query } = request;
  if ((query.get('Signature') ?? '') === '') throw new Refusal('invalid', 'IncompleteSignature', 'The URL has no signature.');
  if ((query.get('AWSAccessKeyId') ?? '') === '')
    throw new Refusal('forbidden', 'MissingAuthenticationToken', 'The URL does not say whose signature it has: AWSAccessKeyId is missing.');
  const place = placeOf(request.params['*'] ?? '');
  const metadata = await stacks.signalBySignature({ ...place, kind, query: [...query] }, request.body as Json);
  if (kind === 'signal') return answer(request, 200, null);
  return answer(request, 200, { resource: place.resource, metadata });
}

const ARN = /^arn:openstack:heat::[^:/]*:stacks\/[^/]+\/([^/]+)\/resources\/(.+)$/;

/** Of the whole name only the stack's id and the resource count: the signature covers the rest. */
function placeOf(path: string): Pick<SignedSignal, 'stackId' | 'resource'> {
  const [, stackId = '', resource = ''] = ARN.exec(decoded(path)) ?? [];
  if (!isUuidLike(stackId)) throw new Refusal('not-found', 'EntityNotFound', 'There is nothing that this URL names.');
  return { stackId, resource };
}
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

const STATUS: Readonly<Record<string, number>> = {
  invalid: 400,
  unauthorized: 403,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 400,
};

function fault(problem: Problem, request: ApiRequest): Answer {
  switch (problem.kind) {
    case 'refusal': {
      const { code, type, message } = problem.refusal;
      return told(request, STATUS[code] ?? 503, type, message);
    }
    case 'failure':
      return told(request, 503, 'ServiceUnavailable', 'Something that is needed cannot be reached at the moment; try again later.');
    case 'method-not-allowed':
      return told(request, 405, 'InvalidAction', 'Signals are sent with PUT or POST.');
    case 'no-route':
    case 'unauthorized':
      return told(request, 404, 'InvalidAction', 'There is nothing here under that name.');
    case 'bug':
      return told(request, 500, 'InternalFailure', `The server's log has the reason under ${request.id}.`);
  }
}

const told = (request: ApiRequest, status: number, code: string, message: string): Answer =>
  answer(request, status, { ErrorResponse: { Error: { Type: status < 500 ? 'Sender' : 'Server', Code: code, Message: message } } });

function answer(request: ApiRequest, status: number, body: Json): Answer {
  const wantsJson = request.query.get('ContentType') === 'JSON' || request.header('accept')?.includes('application/json') === true;
  if (wantsJson || body === null) return json(status, body);
  const [root, value] = Object.entries(body)[0] as [string, Json];
  return { status, headers: { 'content-type': 'application/xml' }, body: `<${root}>${xml(value)}</${root}>` };
}

/** Only our own names become elements. */
const xml = (value: Json): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([name, inner]) => `<${name}>${xml(inner as Json)}</${name}>`)
        .join('')
    : String(value).replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
