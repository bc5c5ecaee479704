/** Volumes at servers: attached, seen on both sides, swapped, detached, booted from, and what becomes of them when the server goes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import { item, message, startStorageCloud, type StorageCloud } from '../testing/storage-cloud.ts';

let at: StorageCloud;
let imageRef: string;
let server: string;
beforeAll(async () => {
  at = await startStorageCloud({ faultOf: (deed, one) => (one.metadata.fail === deed ? 'told to fail' : null) });
  imageRef = await at.imageId();
  server = await at.server({ imageRef });
});
afterAll(async () => at.close());

const volumeNow = async (id: string): Promise<JsonObject | number> => {
  const answer = await at.cinder('demo', 'GET', `/volumes/${id}`);
  return answer.status === 200 ? item(answer) : answer.status;
};
const attach = (id: string, more: JsonObject = {}, to = server, microversion?: string) =>
  at.nova('demo', 'POST', `/servers/${to}/os-volume_attachments`, { volumeAttachment: { volumeId: id, ...more } }, microversion);
const detach = (id: string, from = server) => at.nova('demo', 'DELETE', `/servers/${from}/os-volume_attachments/${id}`);
const listed = async (of = server, microversion = '2.79'): Promise<readonly JsonObject[]> =>
  (
    (await at.nova('demo', 'GET', `/servers/${of}/os-volume_attachments`, undefined, microversion)).body as {
      volumeAttachments: readonly JsonObject[];
    }
  ).volumeAttachments;

test('attached and detached, with every status on the way', async () => {
  const id = await at.volume('demo', { size: 1 });
  const made = await attach(id, { tag: 'data' });
  expect([made.status, item(made)]).toEqual([
    200,
    // In this form at every microversion, as the real service has it; listings change theirs at 2.89.
    { id, volumeId: id, serverId: server, device: '/dev/vdb', tag: 'data', delete_on_termination: false },
  ]);
  expect(await volumeNow(id)).toMatchObject({ status: 'reserved', attachments: [] });
  at.settle();
  expect(await volumeNow(id)).toMatchObject({ status: 'in-use', attachments: [{ id, server_id: server, device: '/dev/vdb' }] });
  expect(await listed(server, '2.1')).toEqual([{ id, volumeId: id, serverId: server, device: '/dev/vdb' }]);
  expect(item(await at.nova('demo', 'GET', `/servers/${server}`))).toHaveProperty(
    ['os-extended-volumes:volumes_attached'],
    [{ id, delete_on_termination: false }],
  );
  expect(message(await attach(id))).toBe(`Invalid volume: volume ${id} is already attached to instances: ${server}`);
  expect((await at.cinder('demo', 'DELETE', `/volumes/${id}`)).status).toBe(400);
  const [seen] = await listed(server, '2.89');
  expect(seen).toMatchObject({ attachment_id: expect.any(String), bdm_uuid: expect.any(String) });
  const attachmentId = String(seen?.attachment_id);
  expect((await at.cinder('demo', 'DELETE', `/attachments/${attachmentId}`)).status).toBe(409);
  expect((await detach(id)).status).toBe(202);
  expect(await volumeNow(id)).toMatchObject({ status: 'detaching' });
  expect((await detach(id)).status).toBe(400);
  at.settle();
  expect(await volumeNow(id)).toMatchObject({ status: 'available', attachments: [] });
  expect(await listed()).toEqual([]);
});

test.each<[string, JsonObject, number, RegExp]>([
  ['no uuid', { volumeId: 'x' }, 400, /'x' is not a 'uuid'/],
  ['no such volume', { volumeId: '11111111-1111-1111-1111-111111111111' }, 404, /Volume .* could not be found/],
  ['a device that is none', { device: 'zz' }, 400, /'zz' does not match/],
  ['a device that is taken', { device: '/dev/vda' }, 409, /is in use/],
  ['an unknown key', { spout: 1 }, 400, /'spout' was unexpected/],
])('attaching refused: %s', async (_name, more, status, words) => {
  const id = await at.volume('demo', { size: 1 });
  const answer = await attach(id, more);
  expect(answer.status).toBe(status);
  expect(message(answer)).toMatch(words);
  expect(await volumeNow(id)).toMatchObject({ status: 'available' });
});

test('another project’s volume is not there', async () => {
  const id = await at.volume('alt_demo', { size: 1 });
  expect((await attach(id)).status).toBe(404);
});

test('an attachment that fails leaves the volume in error, from where it can be detached', async () => {
  const id = await at.volume('demo', { size: 1, metadata: { fail: 'attach' } });
  await attach(id);
  at.settle();
  expect(await volumeNow(id)).toMatchObject({ status: 'error_attaching', attachments: [] });
  expect((await detach(id)).status).toBe(202);
  at.settle();
  expect(await volumeNow(id)).toMatchObject({ status: 'available' });
});

test('swapped by an administrator', async () => {
  const [before, after] = [await at.volume('demo', { size: 1 }), await at.volume('demo', { size: 1 })];
  await attach(before);
  at.settle();
  const swap = (as: string) =>
    at.nova(as, 'PUT', `/servers/${server}/os-volume_attachments/${before}`, { volumeAttachment: { volumeId: after } });
  expect((await swap('demo')).status).toBe(403);
  expect((await swap('admin')).status).toBe(202);
  at.settle();
  expect(await volumeNow(before)).toMatchObject({ status: 'available' });
  expect(await volumeNow(after)).toMatchObject({ status: 'in-use' });
  await detach(after);
  at.settle();
});

test('with the server go the volumes that were to go with it', async () => {
  const doomed = await at.server({ imageRef });
  const [kept, lost] = [await at.volume('demo', { size: 1 }), await at.volume('demo', { size: 1 })];
  await attach(kept, {}, doomed);
  await attach(lost, { delete_on_termination: true }, doomed);
  at.settle();
  expect((await at.nova('demo', 'DELETE', `/servers/${doomed}`)).status).toBe(204);
  at.settle();
  expect(await volumeNow(kept)).toMatchObject({ status: 'available', attachments: [] });
  expect(await volumeNow(lost)).toBe(404);
});

test('booted from a new volume, with a blank one beside it', async () => {
  const disks = [
    { boot_index: 0, uuid: imageRef, source_type: 'image', destination_type: 'volume', volume_size: 1, delete_on_termination: true },
    { boot_index: -1, source_type: 'blank', destination_type: 'volume', volume_size: 2 },
  ];
  const booted = await at.server({ block_device_mapping_v2: disks });
  const [root, data] = (await listed(booted)).map((one) => String(one.volumeId));
  expect(item(await at.nova('demo', 'GET', `/servers/${booted}`))).toMatchObject({ status: 'ACTIVE', image: '' });
  expect(await volumeNow(root ?? '')).toMatchObject({ status: 'in-use', bootable: 'true', size: 1, name: '' });
  expect(await volumeNow(data ?? '')).toMatchObject({ status: 'in-use', size: 2, name: `${booted}-blank-vol` });
  expect(message(await detach(root ?? '', booted))).toBe('Cannot detach a root device volume');
  await at.nova('demo', 'DELETE', `/servers/${booted}`);
  at.settle();
  expect(await volumeNow(root ?? '')).toBe(404);
  expect(await volumeNow(data ?? '')).toMatchObject({ status: 'available' });
});

test('booted from volumes that are there, in the older notation', async () => {
  const root = await at.volume('demo', { size: 1, imageRef });
  const booted = await at.server({ block_device_mapping: [{ device_name: 'vda', volume_id: root, delete_on_termination: '0' }] });
  expect(await volumeNow(root)).toMatchObject({ status: 'in-use', attachments: [{ server_id: booted, device: '/dev/vda' }] });
});

const NOBODY = '11111111-1111-1111-1111-111111111111';
test.each<[string, JsonObject, RegExp]>([
  ['no size for a copy of an image', { source_type: 'image', uuid: NOBODY, volume_size: 0 }, /need to have a non-zero size/],
  ['no such volume', { source_type: 'volume', uuid: NOBODY }, /failed to get volume/],
  ['no such snapshot', { source_type: 'snapshot', uuid: NOBODY }, /Snapshot .* could not be found/],
  ['a blank disk without a size', { source_type: 'blank' }, /Blank volumes .* non-zero size/],
  ['nothing to boot from', { source_type: 'volume', uuid: NOBODY, boot_index: -1 }, /Boot sequence/],
])('booting refused: %s', async (_name, disk, words) => {
  const block_device_mapping_v2 = [{ boot_index: 0, destination_type: 'volume', ...disk }];
  const wish = { name: 'no', networks: 'none', flavorRef: await at.flavorId(), block_device_mapping_v2 };
  const answer = await at.nova('demo', 'POST', '/servers', { server: wish });
  expect(answer.status).toBe(400);
  expect(message(answer)).toMatch(words);
});

test('the attachments of the block storage’s own API', async () => {
  const id = await at.volume('demo', { size: 1 });
  const made = await at.cinder('demo', 'POST', '/attachments', { attachment: { volume_uuid: id, instance_uuid: NOBODY } }, '3.44');
  const attachment = String(item(made).id);
  expect(await volumeNow(id)).toMatchObject({ status: 'reserved' });
  const connector = { host: 'h', mountpoint: '/dev/vdb', mode: 'rw' };
  await at.cinder('demo', 'PUT', `/attachments/${attachment}`, { attachment: { connector } });
  expect(await volumeNow(id)).toMatchObject({ status: 'attaching' });
  expect((await at.cinder('demo', 'POST', `/attachments/${attachment}/action`, { 'os-complete': {} })).status).toBe(204);
  expect(await volumeNow(id)).toMatchObject({ status: 'in-use', attachments: [{ attachment_id: attachment, device: '/dev/vdb' }] });
  expect((await at.cinder('demo', 'GET', '/attachments', undefined, '3.26')).status).toBe(404);
  expect((await at.cinder('demo', 'DELETE', `/attachments/${attachment}`)).body).toEqual({ attachments: [] });
  expect(await volumeNow(id)).toMatchObject({ status: 'available' });
});
