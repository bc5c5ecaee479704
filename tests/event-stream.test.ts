/** The event stream of the whole program: a reader that outlives the server, killed with -9 in the midst of things, hears everything once. */
import { readFileSync } from 'node:fs';
import { accessFromClouds, eventClient, hearthEndpoint, openSession, stackClient, type TreeEvent } from '@hearth/client';
import { loadDocument } from '@hearth/template';
import { realTimers } from '@hearth/testkit';
import { afterAll, expect, it } from 'vitest';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';

const folder = temporaryFolder('event-stream');
const dataDir = `${folder}/data`;
let server: ServerProcess | null = null;
afterAll(async () => {
  await server?.stop();
  removeFolder(folder);
});

const slow = { type: 'OS::Heat::TestResource', properties: { value: 'x', wait_secs: 1 } };
const TEMPLATE = {
  heat_template_version: '2018-08-31',
  resources: {
    group: { type: 'OS::Heat::ResourceGroup', properties: { count: 3, resource_def: slow } },
    after: { ...slow, depends_on: 'group' },
    last: { ...slow, depends_on: 'after' },
  },
};

it('a reader hears every event once, although the server is killed twice', { timeout: 180_000 }, async () => {
  server = await startServer({ dataDir });
  const ports = [server.ready.orchestration, server.ready.identity].map((url) => new URL(url as string).port);
  const again = ['--port', ports[0] as string, '--cloud-port', ports[1] as string];
  const access = accessFromClouds(loadDocument(readFileSync(`${dataDir}/clouds.yaml`, 'utf8')).value as never, 'hearth', 'clouds.yaml');
  const session = await openSession(access, realTimers);
  const stacks = stackClient(session);
  const events = eventClient(session, hearthEndpoint(stacks.endpoint, session.projectId), realTimers);
  const key = await stacks.create('slow', { template: TEMPLATE });
  const heard: TreeEvent[] = [];
  let kills = 0;
  for await (const event of events.watchEvents(key.id, { from: 'start' })) {
    heard.push(event);
    const isMidst = event.status === 'CREATE_IN_PROGRESS' && (event.resourceName === '1' || event.resourceName === 'last');
    if (isMidst && kills < 2) {
      kills++;
      await server.kill();
      server = await startServer({ dataDir, arguments: again });
    }
    if (event.kind === 'stack' && event.stackId === key.id && event.status !== 'CREATE_IN_PROGRESS') break;
  }
  expect(kills).toBe(2);
  expect(heard.at(-1)).toMatchObject({ stackPath: 'slow', status: 'CREATE_COMPLETE' });
  const { events: all } = await events.page(key.id, { limit: 1_000 });
  expect(heard.map((event) => event.cursor)).toEqual(all.map((event) => event.cursor));
  expect(new Set(heard.map((event) => event.stackPath))).toEqual(new Set(['slow', 'slow.group']));
});
