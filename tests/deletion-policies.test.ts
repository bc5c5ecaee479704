/** The deletion policy Snapshot on the whole program: what is deleted leaves a copy that is whole, and what was never whole leaves none. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';

interface Named {
  readonly name: string;
  readonly status: string;
}
const TEMPLATE = `heat_template_version: 2018-08-31
resources:
  disk: {type: OS::Cinder::Volume, deletion_policy: Snapshot, properties: {size: 1}}
  plain: {type: OS::Cinder::Volume, properties: {size: 1}}
  web:
    type: OS::Nova::Server
    deletion_policy: Snapshot
    properties: {image: testimage, flavor: m1.tiny, networks: [{network: private}]}
`;

describe('deletion policy Snapshot', () => {
  const folder = temporaryFolder('deletion-policies');
  let server: ServerProcess;
  let rest: Rest;
  beforeAll(async () => {
    server = await startServer({ dataDir: `${folder}/data` });
    rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
  });
  afterAll(async () => {
    await server?.stop();
    removeFolder(folder);
  });

  const list = async (service: string, path: string, key: string): Promise<readonly Named[]> =>
    (await rest.call<Record<string, readonly Named[]>>('GET', `${rest.endpoint(service)}${path}`)).body[key] ?? [];
  const backups = () => list('block-storage', '/backups/detail', 'backups');
  const images = async () => (await list('image', '/v2/images', 'images')).filter(({ name }) => name !== 'testimage');

  it('leaves a backup of the volume and an image of the server, and nothing else', { timeout: 180_000 }, async () => {
    const stacks = `${rest.endpoint('orchestration')}/stacks`;
    const made = await rest.call<{ stack: { id: string } }>('POST', stacks, { stack_name: 'kept', template: TEMPLATE });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const url = `${stacks}/kept/${made.body.stack.id}`;
    expect((await untilSettled(rest, url, 90_000)).stack_status).toBe('CREATE_COMPLETE');
    expect((await rest.call('DELETE', url)).status).toBe(204);
    const settled = await untilSettled(rest, url, 90_000);
    expect(settled.stack_status, settled.stack_status_reason).toBe('DELETE_COMPLETE');
    expect(await backups()).toMatchObject([{ name: expect.stringMatching(/^kept-disk-/), status: 'available' }]);
    expect(await images()).toMatchObject([{ name: expect.stringMatching(/^kept-web-/), status: 'active' }]);
    expect(await list('block-storage', '/volumes', 'volumes')).toEqual([]);
    expect(await list('compute', '/servers', 'servers')).toEqual([]);
  });
});
