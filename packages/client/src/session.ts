/** A login at Keystone: a token that is renewed when it is refused or nearly over, and the addresses from the catalogue. */
import { type Clock, Failure, isJsonArray, isJsonObject, type Json, type JsonObject, revealSecret } from '@hearth/kernel';
import { askJson, openStream, type JsonAnswer, type JsonRequest, type StreamRequest } from './ask-json.ts';
import type { CloudAccess } from './cloud-access.ts';
import { textOf, textOrEmpty } from './reading.ts';

export interface Session {
  readonly projectId: string;
  /** Public address of a service from the catalogue, without a slash at the end. Throws `Failure('configuration')` when it is not listed. */
  endpoint(serviceType: string): string;
  /** Asks with the session's token; logs in again once when the token is refused. */
  ask(request: JsonRequest): Promise<JsonAnswer>;
  /** The bytes of an answer that goes on, as they come; signed in as for `ask`. */
  open(request: StreamRequest): Promise<AsyncIterable<Uint8Array>>;
}

interface Token {
  readonly value: string;
  readonly expiresAtMs: number;
  readonly projectId: string;
  readonly catalogue: readonly Json[];
}

const RENEW_BEFORE_MS = 60_000;

/** Logs in. A refused login is `Failure('unauthorized')` that names user, project and Keystone. */
export async function openSession(access: CloudAccess, clock: Clock): Promise<Session> {
  let token = await login(access);
  const asked = (request: JsonRequest): Promise<JsonAnswer> =>
    askJson({ ...request, headers: { ...request.headers, 'x-auth-token': token.value } });
  async function signedIn<T>(work: () => Promise<T>): Promise<T> {
    if (token.expiresAtMs - clock.now() < RENEW_BEFORE_MS) token = await login(access);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'unauthorized') throw error;
      token = await login(access);
      return work();
    }
  }
  return {
    get projectId() {
      return token.projectId;
    },
    endpoint: (serviceType) => endpointOf(token.catalogue, serviceType, access),
    ask: (request) => signedIn(() => asked(request)),
    open: (request) => signedIn(() => openStream({ ...request, headers: { ...request.headers, 'x-auth-token': token.value } })),
  };
}

async function login(access: CloudAccess): Promise<Token> {
  const user = { name: access.username, domain: access.userDomain, password: revealSecret(access.password) };
  const auth = {
    identity: { methods: ['password'], password: { user } },
    scope: { project: { name: access.projectName, domain: access.projectDomain } },
  };
  const answer = await refusedKindly(askJson({ method: 'POST', url: `${access.authUrl}/auth/tokens`, body: { auth } }), access);
  const value = answer.header('x-subject-token');
  const body = objectIn(answer.body, 'token');
  if (value === null || body === null)
    throw new Failure('unknown', `${access.authUrl} answered the login without a token; is that Keystone's address?`);
  const project = objectIn(body, 'project');
  return {
    value,
    expiresAtMs: Date.parse(textOrEmpty(body['expires_at'])) || Number.POSITIVE_INFINITY,
    projectId: (project === null ? null : textOf(project['id'])) ?? '',
    catalogue: isJsonArray(body['catalog']) ? body['catalog'] : [],
  };
}

async function refusedKindly(answer: Promise<JsonAnswer>, access: CloudAccess): Promise<JsonAnswer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'unauthorized') {
      const who = `user "${access.username}" for project "${access.projectName}"`;
      throw new Failure(
        'unauthorized',
        `Keystone at ${access.authUrl} refuses ${who}; check name, password and project in clouds.yaml or openrc`,
        { cause: error },
      );
    }
    if (error.code === 'not-found')
      throw new Failure('configuration', `${access.authUrl} is not Keystone's v3 address (it answered 404)`, { cause: error });
    throw error;
  }
}

function endpointOf(catalogue: readonly Json[], serviceType: string, access: CloudAccess): string {
  const services = catalogue.filter((service) => isJsonObject(service) && service['type'] === serviceType) as readonly JsonObject[];
  const endpoints = services.flatMap((service) => (isJsonArray(service['endpoints']) ? service['endpoints'] : [])).filter(isJsonObject);
  const fitting = endpoints.filter((endpoint) => {
    const region = textOf(endpoint['region_id']) ?? textOf(endpoint['region']);
    return endpoint['interface'] === 'public' && (access.region === null || region === access.region);
  });
  const url = fitting[0] === undefined ? null : textOf(fitting[0]['url']);
  if (url !== null) return url.replace(/\/+$/, '');
  const place = access.region === null ? 'any region' : `region "${access.region}"`;
  throw new Failure(
    'configuration',
    `the catalogue of ${access.authUrl} lists no public endpoint of type "${serviceType}" in ${place}; register it with "openstack endpoint create"`,
  );
}

function objectIn(value: Json, key: string): JsonObject | null {
  const found = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(found) ? found : null;
}
