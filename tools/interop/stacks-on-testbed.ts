/** The stack transcript of the stock client with Hearth in Heat's place, on real Keystone, Nova, Neutron and Glance. */
import { writeFileSync } from 'node:fs';
import { openstackCommand } from '../stock-client/openstack.ts';
import { stackTranscript } from '../stock-client/stack-transcript.ts';
import { removeFolder, temporaryFolder } from '../server/server-process.ts';
import type { InteropReport } from './run.ts';
import { AUTH_URL, bringUp, PASSWORD, startOnTestbed, STATE } from './testbed.ts';

const cloudEntry = (name: string, region: string): string => `  ${name}:
    auth: { auth_url: "${AUTH_URL}", username: demo, password: "${PASSWORD}", project_name: demo, user_domain_id: default, project_domain_id: default }
    region_name: ${region}
    identity_api_version: 3
`;

export async function stacksOnTestbed(testbed: string): Promise<InteropReport> {
  bringUp(testbed);
  const folder = temporaryFolder('interop');
  const region = `hearth-${process.pid}`;
  const admin = openstackCommand({ cloudsFile: `${STATE}/clouds.yaml`, cloud: 'testbed-admin' });
  const server = await startOnTestbed(`${folder}/server`);
  let endpointId = '';
  try {
    const base = (server.ready.orchestration as string).replace(/\/+$/, '');
    await admin.text('region', 'create', region);
    endpointId = (
      await admin.json<{ id: string }>('endpoint', 'create', 'orchestration', 'public', `${base}/%(project_id)s`, '--region', region)
    ).id;
    const cloudsFile = `${folder}/clouds.yaml`;
    writeFileSync(cloudsFile, `clouds:\n${cloudEntry('testbed', 'RegionOne')}${cloudEntry('orchestration', region)}`, { mode: 0o600 });
    const openstack = openstackCommand({ cloudsFile, cloud: 'testbed', orchestrationCloud: 'orchestration' });
    const steps = await stackTranscript({ openstack, folder, stackName: `interop${process.pid}` });
    for (const { name, problem } of steps)
      console.log(`${problem === null ? 'ok  ' : 'FAIL'} ${name}${problem === null ? '' : `: ${problem}`}`);
    const differences = steps.flatMap(({ name, problem }) => (problem === null ? [] : [`${name}: ${problem}`]));
    return { passed: steps.length - differences.length, failed: differences.length, differences };
  } finally {
    if (endpointId !== '') await admin.attempt('endpoint', 'delete', endpointId);
    await admin.attempt('region', 'delete', region);
    await server.stop();
    removeFolder(folder);
  }
}
