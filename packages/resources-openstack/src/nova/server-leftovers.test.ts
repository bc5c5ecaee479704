/** Deleting a server that has ports of its own: whatever was on record when its creation ended, all of it goes, and nothing of another one. */
import { type Cloud, CloudFailure } from '@hearth/cloud-openstack';
import type { JsonObject } from '@hearth/kernel';
import { checkProperties } from '@hearth/resource-kit';
import { Drive } from '@hearth/resource-kit/testing';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { expect, test } from 'vitest';
import { server } from './server.ts';

const NAME = 's-server-x';
const RAW = { image: 'i', flavor: 'f', networks: [{ subnet: 'sub' }] };

/** Servers and ports in memory; a server that goes leaves its ports without a device. */
function world(servers: readonly string[], ports: readonly JsonObject[]) {
  const running = new Map(servers.map((id): [string, JsonObject] => [id, { id, name: NAME, status: 'ACTIVE' }]));
  const present = new Map(ports.map((port) => [String(port.id), port]));
  const nova = {
    serversNamed: async () => [...running.values()],
    getServer: async (id: string) => running.get(id) ?? null,
    async deleteServer(id: string) {
      if (!running.delete(id)) throw new CloudFailure('not-found', 'gone', { status: 404, requestId: null, outcomeUnknown: false });
      for (const port of present.values()) if (port.device_id === id) present.set(String(port.id), { ...port, device_id: '' });
    },
  };
  const neutron = {
    list: async () => [...present.values()],
    get: async (_kind: string, id: string) => present.get(id) ?? null,
    delete: async (_kind: string, id: string) => present.delete(id),
  };
  return { cloud: { nova, neutron } as unknown as Cloud, left: () => [...running.keys(), ...present.keys()] };
}

const port = (id: string, device: string): JsonObject => ({ id, name: `${NAME}-port-0`, description: NAME, device_id: device });

test.each([
  ['its ports alone are on record', 'ports:s-server-x', [], [port('p', '')], []],
  ['its ports alone are on record, and it was made', 'ports:s-server-x', ['made'], [port('p', 'made')], []],
  ['it is on record', 'made', ['made'], [port('p', 'made')], []],
  ['it has gone already', 'made', [], [port('p', '')], []],
  ['it is a second one and has gone already: the first one keeps its ports', 'second', ['made'], [port('p', 'made')], ['made', 'p']],
])('%s', async (_what, physicalId, servers, ports, left) => {
  const { cloud, left: leftOf } = world(servers, ports);
  const { props } = checkProperties(server, RAW, { lenient: false, matchesPattern: () => true });
  const timers = { ...virtualTimers(0), sleep: async () => {} };
  const drive = new Drive(server, { timers, random: seededRandom('server'), longestPauseMs: 0, maxLooks: 5 });
  await drive.delete(cloud, { ...drive.newRow(NAME, props), physicalId });
  expect(leftOf()).toEqual(left);
});
