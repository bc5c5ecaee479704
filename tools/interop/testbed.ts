/** The testbed of real services: where it is, who logs in there, and Hearth on it in Heat's place. */
import { spawnSync } from 'node:child_process';
import { keystoneVariables } from '../server/keystone-variables.ts';
import { login, type Rest } from '../server/rest.ts';
import { type ServerProcess, startServer } from '../server/server-process.ts';

export const STATE = process.env.TESTBED_STATE ?? '/var/tmp/openstack-testbed';
export const PASSWORD = process.env.TESTBED_PASSWORD ?? 'testbed';
export const AUTH_URL = 'http://127.0.0.1:5000/v3';

/** All services when none is named. */
export function bringUp(testbed: string, services: readonly string[] = [], variables: Readonly<Record<string, string>> = {}): void {
  const env = { ...process.env, ...variables };
  if (spawnSync(`${testbed}/up`, services, { stdio: 'inherit', env }).status !== 0) throw new Error('the testbed did not come up');
}

/** The server acts as Heat's service user, on the services of the testbed. */
export const startOnTestbed = (dataDir: string, variables: Readonly<Record<string, string>> = {}): Promise<ServerProcess> =>
  startServer({ dataDir, variables: { ...keystoneVariables(AUTH_URL, PASSWORD), ...variables } });

/** In the project of the same name. */
export const testbedLogin = (user: 'demo' | 'admin'): Promise<Rest> => login(AUTH_URL, { user, password: PASSWORD, project: user });
