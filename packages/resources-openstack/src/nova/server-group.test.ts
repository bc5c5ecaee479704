/** Server groups that the user named: what an interrupted creation left is found without ever touching a stranger's group. */
import type { Cloud } from '@hearth/cloud-openstack';
import type { JsonObject } from '@hearth/kernel';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { Drive, Killed, killedAfter, type Reach } from '@hearth/resource-kit/testing';
import { expect, test } from 'vitest';
import { serverGroup } from './server-group.ts';

/** Just the calls of groups, in memory. */
function groupCloud(): { cloud: Cloud; groups: Map<string, JsonObject> } {
  const groups = new Map<string, JsonObject>();
  let made = 0;
  const nova = {
    createServerGroup: async (group: JsonObject) => {
      const id = `made-${made++}`;
      groups.set(id, { id, ...group });
      return { id, ...group };
    },
    getServerGroup: async (id: string) => groups.get(id) ?? null,
    serverGroups: async () => [...groups.values()],
    deleteServerGroup: async (id: string) => {
      groups.delete(id);
    },
  };
  return { cloud: { nova } as unknown as Cloud, groups };
}

const killed = (cloud: Cloud, calls: number): Cloud => killedAfter({ cloud, configs: {} as Reach<Cloud>['configs'] }, calls).cloud;
const props = { name: 'web', policies: ['affinity'], rules: null };
const drive = new Drive(serverGroup, {
  timers: { ...virtualTimers(0), sleep: () => Promise.resolve() },
  random: seededRandom('groups'),
  longestPauseMs: 0,
  maxLooks: 5,
});

test.each([1, 2, 3, 4])("killed after call %i, a stranger's group of the same name stays", async (calls) => {
  const { cloud, groups } = groupCloud();
  groups.set('stranger', { id: 'stranger', name: 'web', policy: 'affinity' });
  const row = drive.newRow('physical', props);
  try {
    await drive.create(killed(cloud, calls), row);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    await drive.resumeCreate(cloud, row);
  }
  expect(groups.size).toBe(2);
  expect(row.physicalId).not.toBe('stranger');
  expect(groups.get(row.physicalId ?? '')).toMatchObject({ name: 'web', policy: 'affinity' });
  await drive.delete(cloud, row);
  expect([...groups.keys()]).toEqual(['stranger']);
});

test('deleted before its id was recorded, only what came since goes', async () => {
  const { cloud, groups } = groupCloud();
  groups.set('stranger', { id: 'stranger', name: 'web' });
  const row = drive.newRow('physical', props);
  await expect(drive.create(killed(cloud, 3), row)).rejects.toThrow(Killed);
  expect(groups.size).toBe(2);
  await drive.delete(cloud, row);
  expect([...groups.keys()]).toEqual(['stranger']);
});

test.each([
  ['of another policy', { policy: 'anti-affinity' }],
  ['with members', { policy: 'affinity', members: ['server'] }],
])("deleted before its id was recorded, a stranger's group that came since and is %s stays", async (_what, given) => {
  const { cloud, groups } = groupCloud();
  const row = drive.newRow('physical', props);
  await expect(drive.create(killed(cloud, 2), row)).rejects.toThrow(Killed);
  groups.set('stranger', { id: 'stranger', name: 'web', ...given });
  await drive.delete(cloud, row);
  expect([...groups.keys()]).toEqual(['stranger']);
});
