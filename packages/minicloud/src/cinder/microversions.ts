/** API microversions of the block storage: what was asked for, what is offered, the headers that say so, and both forms of its URLs. */
import { Refusal } from '@hearth/kernel';
import { json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import { badRequest, noSuchPage } from './refusals.ts';

export const NEWEST = 70;

/** The minor number asked for (the major one is always 3). */
export type Asked =
  | { readonly kind: 'known'; readonly minor: number }
  | { readonly kind: 'unknown'; readonly text: string }
  | { readonly kind: 'malformed'; readonly text: string };

export function askedVersion(request: ApiRequest): Asked {
  const text = sentVersion(request);
  if (text === null) return { kind: 'known', minor: 0 };
  if (text === 'latest') return { kind: 'known', minor: NEWEST };
  const parts = /^([1-9]\d{0,5})\.([1-9]\d{0,5}|0)$/.exec(text);
  if (parts === null) return { kind: 'malformed', text };
  const minor = Number(parts[2]);
  return parts[1] === '3' && minor <= NEWEST ? { kind: 'known', minor } : { kind: 'unknown', text };
}

function sentVersion(request: ApiRequest): string | null {
  for (const part of (request.header('openstack-api-version') ?? '').split(',')) {
    const [service, version] = part.trim().split(/\s+/);
    if ((service === 'volume' || service === 'block-storage') && version !== undefined) return version;
  }
  return null;
}

export const versionHeaders = (version: string): Record<string, string> => ({
  'OpenStack-API-Version': `volume ${version}`,
  Vary: 'OpenStack-API-Version',
});

export type VersionedHandler = (request: ApiRequest, minor: number) => Promise<Answer> | Answer;

export interface VersionedRoute extends Omit<Route, 'handle'> {
  readonly handle: VersionedHandler;
  /** The first minor version that has it. */
  readonly since?: number;
}

/** The route under `/v3/<project>/…` and, as the service has it for newer clients, under `/v3/…`. */
export function versioned(route: VersionedRoute): readonly Route[] {
  const handle = handlerOf(route);
  const { since: _since, ...plain } = route;
  return [
    { ...plain, path: `/v3/:project${route.path}`, handle },
    { ...plain, path: `/v3${route.path}`, handle },
  ];
}

const handlerOf =
  ({ handle, since = 0 }: VersionedRoute): Route['handle'] =>
  async (request) => {
    const asked = askedVersion(request);
    if (asked.kind === 'malformed')
      throw badRequest(`API Version String ${asked.text} is of invalid format. Must be of format MajorNum.MinorNum.`);
    if (asked.kind === 'unknown') {
      const message = `Version ${asked.text} is not supported by the API. Minimum is 3.0 and maximum is 3.${NEWEST}.`;
      return json(406, { computeFault: { code: 406, message } }, versionHeaders(asked.text));
    }
    if (asked.minor < since) throw noSuchPage();
    const { project } = request.params;
    if (request.identity.projectId === null)
      throw new Refusal('forbidden', 'Forbidden', 'Block storage belongs to a project: ask with a token for one.');
    if (project !== undefined && project !== request.identity.projectId) throw badRequest('Malformed request url');
    const answer = await handle(request, asked.minor);
    return { ...answer, headers: { ...versionHeaders(`3.${asked.minor}`), 'X-Compute-Request-Id': request.id, ...answer.headers } };
  };

/** In the request's project, which every route here has. */
export const projectOf = (request: ApiRequest): string => request.identity.projectId ?? '';
