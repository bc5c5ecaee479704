/** API microversions of the compute service: what was asked for, what is offered, and the headers that say so. */
import { Refusal } from '@hearth/kernel';
import { json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';

export const OLDEST = 1;
export const NEWEST = 93;

/** The minor number asked for (the major one is always 2). */
export type Asked =
  | { readonly kind: 'known'; readonly minor: number }
  | { readonly kind: 'unknown'; readonly text: string }
  | { readonly kind: 'malformed'; readonly text: string };

export function askedVersion(request: ApiRequest): Asked {
  const text = sentVersion(request);
  if (text === null) return { kind: 'known', minor: OLDEST };
  if (text === 'latest') return { kind: 'known', minor: NEWEST };
  const parts = /^([1-9]\d{0,5})\.([1-9]\d{0,5}|0)$/.exec(text);
  if (parts === null) return { kind: 'malformed', text };
  const minor = Number(parts[2]);
  return parts[1] === '2' && minor >= OLDEST && minor <= NEWEST ? { kind: 'known', minor } : { kind: 'unknown', text };
}

function sentVersion(request: ApiRequest): string | null {
  for (const part of (request.header('openstack-api-version') ?? '').split(',')) {
    const [service, version] = part.trim().split(/\s+/);
    if (service?.toLowerCase() === 'compute' && version !== undefined) return version;
  }
  return request.header('x-openstack-nova-api-version')?.trim() ?? null;
}

export const versionHeaders = (minor: number): Record<string, string> => ({
  'OpenStack-API-Version': `compute 2.${minor}`,
  'X-OpenStack-Nova-API-Version': `2.${minor}`,
  Vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
});

export type VersionedHandler = (request: ApiRequest, minor: number) => Promise<Answer> | Answer;

export interface VersionedRoute extends Omit<Route, 'handle'> {
  readonly handle: VersionedHandler;
  /** The first and last minor version that has it. */
  readonly since?: number;
  readonly until?: number;
}

/** Refuses versions we do not have, hides routes of other versions, and echoes the version in the answer. */
export function versioned({ handle, since, until, ...route }: VersionedRoute): Route {
  return {
    ...route,
    async handle(request) {
      const asked = askedVersion(request);
      if (asked.kind === 'malformed') {
        throw new Refusal(
          'invalid',
          'InvalidAPIVersionString',
          `API Version String ${asked.text} is of invalid format. Must be of format MajorNum.MinorNum.`,
        );
      }
      if (asked.kind === 'unknown') {
        const message = `Version ${asked.text} is not supported by the API. Minimum is 2.${OLDEST} and maximum is 2.${NEWEST}.`;
        return json(406, { computeFault: { code: 406, message } });
      }
      const { minor } = asked;
      if (minor < (since ?? OLDEST) || minor > (until ?? NEWEST))
        throw new Refusal('not-found', 'NotFound', 'The resource could not be found.');
      const answer = await handle(request, minor);
      return { ...answer, headers: { ...versionHeaders(minor), ...answer.headers } };
    },
  };
}
