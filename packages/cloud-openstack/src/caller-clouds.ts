/** The cloud as callers see it, each with the own token, kept for a minute: clients, and which extensions a service has. */
import { digestOfSecret, type Secret, type Timers } from '@hearth/kernel';
import { BoundedCache } from './bounded-cache.ts';
import { cloudOf, type Cloud } from './cloud.ts';
import type { Session } from './session.ts';

export interface CallerCloud {
  readonly cloud: Cloud;
  /** Aliases of the extensions, asked once. Throws a `Failure` when the service cannot be asked. */
  extensions(service: ExtendedService): Promise<ReadonlySet<string>>;
}
/** The services that tell their extensions. */
export type ExtendedService = 'network' | 'block-storage';
export type CallerClouds = (token: Secret) => Promise<CallerCloud>;

export interface CallerCloudsOptions {
  readonly timers: Timers;
  readonly sessionWithToken: (token: Secret) => Session;
}

const KEPT_MS = 60_000;
const KEPT_CLOUDS = 200;

export function createCallerClouds({ timers, sessionWithToken }: CallerCloudsOptions): CallerClouds {
  const clouds = new BoundedCache<CallerCloud>(timers, KEPT_CLOUDS, () => KEPT_MS);
  return (token) => clouds.get(digestOfSecret(token), async () => callerCloud(cloudOf(sessionWithToken(token)), timers));
}

function callerCloud(cloud: Cloud, timers: Timers): CallerCloud {
  const told = new BoundedCache<ReadonlySet<string>>(timers, 2, () => KEPT_MS);
  return {
    cloud,
    extensions: (service) =>
      told.get(service, async () => {
        const listed = await cloud.session.list({ service, path: '/extensions' }, 'extensions');
        return new Set(listed.map(({ alias }) => String(alias)));
      }),
  };
}
