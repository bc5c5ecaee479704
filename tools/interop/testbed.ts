/** The testbed of real services: where it is, who logs in there, and Hearth on it in Heat's place. */
import { spawnSync } from 'node:child_process';
import { login, type Rest } from '../server/rest.ts';
import { type ServerProcess, startServer } from '../server/server-process.ts';

export const STATE = process.env.TESTBED_STATE ?? '/var/tmp/openstack-testbed';
export const PASSWORD = process.env.TESTBED_PASSWORD ?? 'testbed';
export const AUTH_URL = 'http://127.0.0.1:5000/v3';

/** All services when none is named. */
export function bringUp(testbed: string, ...services: readonly string[]): void {
  if (spawnSync(`${testbed}/up`, services, { stdio: 'inherit' }).status !== 0) throw new Error('the testbed did not come up');
}

/** The server acts as Heat's service user, on the services of the testbed. */
export const startOnTestbed = (dataDir: string): Promise<ServerProcess> =>
  startServer({
    dataDir,
    variables: {
      HEARTH_KEYSTONE_AUTH_URL: AUTH_URL,
      HEARTH_KEYSTONE_USERNAME: 'heat',
      HEARTH_KEYSTONE_PASSWORD: PASSWORD,
      HEARTH_KEYSTONE_PROJECT_NAME: 'service',
    },
  });

export const demoLogin = (): Promise<Rest> => login(AUTH_URL, { user: 'demo', password: PASSWORD, project: 'demo' });
