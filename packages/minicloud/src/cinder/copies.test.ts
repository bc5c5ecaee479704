/** Snapshots, backups and transfers: what can be made from a volume, and what then may not be done to it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import { item, message, startStorageCloud, type StorageCloud } from '../testing/storage-cloud.ts';

let at: StorageCloud;
beforeAll(async () => {
  at = await startStorageCloud();
});
afterAll(async () => at.close());

const status = async (path: string, as = 'demo'): Promise<unknown> => {
  const answer = await at.cinder(as, 'GET', path);
  return answer.status === 200 ? item(answer).status : answer.status;
};
const post = async (path: string, body: JsonObject): Promise<string> => {
  const made = await at.cinder('demo', 'POST', path, body);
  expect(made.status).toBe(202);
  at.settle();
  return String(item(made).id);
};
const WRONG_STATE = /Volume status must be available or error .* and must not be migrating, attached, belong to a group, have snapshots/;

test('a snapshot holds its volume, makes another, is reverted to, and goes with it', async () => {
  const volume = await at.volume('demo', { size: 1 });
  const made = await at.cinder('demo', 'POST', '/snapshots', { snapshot: { volume_id: volume, name: 's' } });
  const snapshot = String(item(made).id);
  expect(item(made)).toMatchObject({ status: 'creating', size: 1, volume_id: volume });
  expect(message(await at.cinder('demo', 'POST', '/volumes', { volume: { snapshot_id: snapshot } }))).toMatch(
    /Originating snapshot status/,
  );
  at.settle();
  expect(item(await at.cinder('demo', 'GET', `/snapshots/${snapshot}`))).toMatchObject({
    status: 'available',
    'os-extended-snapshot-attributes:progress': '100%',
  });
  expect(message(await at.cinder('demo', 'DELETE', `/volumes/${volume}`))).toMatch(WRONG_STATE);
  const copy = await at.volume('demo', { snapshot_id: snapshot, size: 2 });
  expect(item(await at.cinder('demo', 'GET', `/volumes/${copy}`))).toMatchObject({ size: 2, snapshot_id: snapshot });
  await at.cinder('demo', 'POST', `/volumes/${volume}/action`, { revert: { snapshot_id: snapshot } });
  expect([await status(`/volumes/${volume}`), await status(`/snapshots/${snapshot}`)]).toEqual(['reverting', 'restoring']);
  at.settle();
  await at.cinder('demo', 'POST', `/volumes/${volume}/action`, { 'os-extend': { new_size: 2 } });
  at.settle();
  expect((await at.cinder('demo', 'POST', `/volumes/${volume}/action`, { revert: { snapshot_id: snapshot } })).status).toBe(400);
  expect((await at.cinder('demo', 'DELETE', `/volumes/${volume}?cascade=true`)).status).toBe(202);
  at.settle();
  expect([await status(`/volumes/${volume}`), await status(`/snapshots/${snapshot}`)]).toEqual([404, 404]);
});

test('backups: full, then incremental; restored into the same volume and into a new one', async () => {
  const volume = await at.volume('demo', { size: 2, name: 'kept' });
  expect(message(await at.cinder('demo', 'POST', '/backups', { backup: { volume_id: volume, incremental: true } }))).toBe(
    'Invalid backup: No backups available to do an incremental backup.',
  );
  const begun = await at.cinder('demo', 'POST', '/backups', { backup: { volume_id: volume, name: 'full' } });
  const full = String(item(begun).id);
  expect([await status(`/volumes/${volume}`), await status(`/backups/${full}`)]).toEqual(['backing-up', 'creating']);
  at.settle();
  const more = await post('/backups', { backup: { volume_id: volume, incremental: true } });
  expect(item(await at.cinder('demo', 'GET', `/backups/${full}`))).toMatchObject({ status: 'available', has_dependent_backups: true });
  expect(item(await at.cinder('demo', 'GET', `/backups/${more}`))).toMatchObject({ is_incremental: true, size: 2 });
  expect(message(await at.cinder('demo', 'DELETE', `/backups/${full}`))).toBe('Invalid backup: Incremental backups exist for this backup.');
  const back = await at.cinder('demo', 'POST', `/backups/${full}/restore`, { restore: { volume_id: volume } });
  expect([back.status, back.body]).toEqual([202, { restore: { backup_id: full, volume_id: volume, volume_name: 'kept' } }]);
  expect([await status(`/volumes/${volume}`), await status(`/backups/${full}`)]).toEqual(['restoring-backup', 'restoring']);
  at.settle();
  const small = await at.volume('demo', { size: 1 });
  expect(message(await at.cinder('demo', 'POST', `/backups/${full}/restore`, { restore: { volume_id: small } }))).toMatch(
    /too small to restore/,
  );
  const fresh = item(await at.cinder('demo', 'POST', `/backups/${full}/restore`, { restore: {} }));
  expect(fresh.volume_name).toBe(`restore_backup_${full}`);
  expect(await status(`/volumes/${String(fresh.volume_id)}`)).toBe('restoring-backup');
  at.settle();
  expect(await status(`/volumes/${String(fresh.volume_id)}`)).toBe('available');
  for (const id of [more, full]) {
    expect((await at.cinder('demo', 'DELETE', `/backups/${id}`)).status).toBe(202);
    at.settle();
    expect(await status(`/backups/${id}`)).toBe(404);
  }
});

test('a transfer needs its key, and then the volume is the other’s', async () => {
  const volume = await at.volume('demo', { size: 1 });
  const offered = item(await at.cinder('demo', 'POST', '/volume-transfers', { transfer: { volume_id: volume } }));
  expect(await status(`/volumes/${volume}`)).toBe('awaiting-transfer');
  const accept = (auth_key: unknown) =>
    at.cinder('alt_demo', 'POST', `/volume-transfers/${String(offered.id)}/accept`, { accept: { auth_key } });
  expect(message(await accept('wrong'))).toMatch(/invalid auth key/);
  expect((await accept(offered.auth_key)).status).toBe(202);
  expect([await status(`/volumes/${volume}`), await status(`/volumes/${volume}`, 'alt_demo')]).toEqual([404, 'available']);
});

test('uploaded, a volume is an image', async () => {
  const volume = await at.volume('demo', { size: 1 });
  const upload = { 'os-volume_upload_image': { image_name: 'from-volume', disk_format: 'raw', container_format: 'bare' } };
  const answer = await at.cinder('demo', 'POST', `/volumes/${volume}/action`, upload);
  expect([answer.status, await status(`/volumes/${volume}`)]).toEqual([202, 'uploading']);
  at.settle();
  expect(await status(`/volumes/${volume}`)).toBe('available');
  const image = await at.cloud.call('demo', 'GET', `/image/v2/images/${String(item(answer).image_id)}`);
  expect(image.body).toMatchObject({ name: 'from-volume', status: 'active' });
});
