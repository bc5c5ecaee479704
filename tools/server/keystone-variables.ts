/** What a server is told so that it works on a cloud that another process is, or that is there already. */
import { miniCloudUser } from './rest.ts';
import type { ServerProcess } from './server-process.ts';

export const keystoneVariables = (authUrl: string, servicePassword: string): Readonly<Record<string, string>> => ({
  HEARTH_KEYSTONE_AUTH_URL: authUrl,
  HEARTH_KEYSTONE_USERNAME: 'heat',
  HEARTH_KEYSTONE_PASSWORD: servicePassword,
  HEARTH_KEYSTONE_PROJECT_NAME: 'service',
});

/** The mini-cloud of another process. */
export const onMiniCloud = ({ ready, dataDir }: ServerProcess): Readonly<Record<string, string>> =>
  keystoneVariables(ready.identity as string, miniCloudUser(dataDir, 'heat').password);
