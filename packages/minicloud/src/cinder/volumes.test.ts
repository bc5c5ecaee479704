/** Volumes over HTTP: their life on the clock, what is refused and in which words, lists, quotas, types. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import { item, message, startStorageCloud, type StorageCloud } from '../testing/storage-cloud.ts';

let at: StorageCloud;
beforeAll(async () => {
  at = await startStorageCloud({ faultOf: (deed, one) => (one.metadata.fail === deed ? 'told to fail' : null) });
});
afterAll(async () => at.close());

const show = async (id: string, as = 'demo', microversion?: string): Promise<JsonObject> =>
  item(await at.cinder(as, 'GET', `/volumes/${id}`, undefined, microversion));
const act = (id: string, action: JsonObject, as = 'demo', microversion?: string) =>
  at.cinder(as, 'POST', `/volumes/${id}/action`, action, microversion);
const NOBODY = '11111111-1111-1111-1111-111111111111';

test('created, available, deleted; each status for its time', async () => {
  const made = await at.cinder('demo', 'POST', '/volumes', { volume: { size: 1, name: 'life' } });
  expect([made.status, item(made).status]).toEqual([202, 'creating']);
  expect(made.headers.get('openstack-api-version')).toBe('volume 3.70');
  const id = String(item(made).id);
  at.timers.jumpTo(at.timers.now() + 999);
  expect((await show(id)).status).toBe('creating');
  at.timers.jumpTo(at.timers.now() + 1);
  expect(await show(id)).toMatchObject({ status: 'available', size: 1, volume_type: 'fake', bootable: 'false', attachments: [] });
  expect(await show(id)).not.toHaveProperty('os-vol-host-attr:host');
  expect(await show(id, 'admin')).toMatchObject({ 'os-vol-host-attr:host': 'hearth-1@fake#fake', migration_status: null });
  expect((await at.cinder('demo', 'DELETE', `/volumes/${id}`)).status).toBe(202);
  expect((await show(id)).status).toBe('deleting');
  at.settle();
  const gone = await at.cinder('demo', 'GET', `/volumes/${id}`);
  expect([gone.status, gone.body]).toEqual([404, { itemNotFound: { code: 404, message: `Volume ${id} could not be found.` } }]);
});

test.each<[string, JsonObject, number, RegExp]>([
  ['no size', { name: 'x' }, 400, /could not comply/],
  ['a size that is no number', { size: '1x' }, 400, /'1x' does not match '\^\[0-9\]\+\$'/],
  ['size 0', { size: 0 }, 400, /0 is less than the minimum of 1/],
  ['no such type', { size: 1, volume_type: 'nope' }, 404, /Volume type with name nope could not be found/],
  ['no such zone', { size: 1, availability_zone: 'nope' }, 400, /Availability zone 'nope' is invalid/],
  ['no such snapshot', { size: 1, snapshot_id: NOBODY }, 404, /Snapshot .* could not be found/],
  ['no such source', { size: 1, source_volid: NOBODY }, 404, /Volume .* could not be found/],
  ['no such image', { size: 1, imageRef: NOBODY }, 400, /Invalid image identifier/],
  ['a long name', { size: 1, name: 'x'.repeat(256) }, 400, /name has 256 characters, more than 255/],
  ['metadata that is none', { size: 1, metadata: 'x' }, 400, /'x' is not of type 'object', 'null'/],
])('creation refused: %s', async (_name, volume, status, words) => {
  const answer = await at.cinder('demo', 'POST', '/volumes', { volume });
  expect(answer.status).toBe(status);
  expect(message(answer)).toMatch(words);
});

test('extended, retyped, marked, set by an administrator', async () => {
  const id = await at.volume('demo', { size: 1 });
  expect((await act(id, { 'os-extend': { new_size: 1 } })).status).toBe(400);
  expect((await act(id, { 'os-extend': { new_size: 3 } })).status).toBe(202);
  expect(await show(id)).toMatchObject({ status: 'extending', size: 1 });
  at.settle();
  expect(await show(id)).toMatchObject({ status: 'available', size: 3 });
  expect((await act(id, { 'os-retype': { new_type: '__DEFAULT__', migration_policy: 'never' } })).status).toBe(202);
  expect((await show(id)).status).toBe('retyping');
  at.settle();
  expect((await show(id)).volume_type).toBe('__DEFAULT__');
  await act(id, { 'os-update_readonly_flag': { readonly: true } });
  await act(id, { 'os-set_bootable': { bootable: true } });
  expect(await show(id)).toMatchObject({ bootable: 'true', metadata: { readonly: 'True' } });
  expect((await act(id, { 'os-reset_status': { status: 'error' } })).status).toBe(403);
  expect((await act(id, { 'os-reset_status': { status: 'error' } }, 'admin')).status).toBe(202);
  expect((await show(id)).status).toBe('error');
});

test('what is told to fail ends in the status of its failure', async () => {
  const broken = await at.volume('demo', { size: 1, metadata: { fail: 'create' } });
  expect((await show(broken)).status).toBe('error');
  const stuck = await at.volume('demo', { size: 1, metadata: { fail: 'extend' } });
  await act(stuck, { 'os-extend': { new_size: 2 } });
  at.settle();
  expect(await show(stuck)).toMatchObject({ status: 'error_extending', size: 1 });
  const kept = await at.volume('demo', { size: 1, metadata: { fail: 'delete' } });
  await at.cinder('demo', 'DELETE', `/volumes/${kept}`);
  at.settle();
  expect((await show(kept)).status).toBe('error_deleting');
});

test('others’ volumes are not there', async () => {
  const id = await at.volume('demo', { size: 1 });
  expect((await at.cinder('alt_demo', 'GET', `/volumes/${id}`)).status).toBe(404);
  expect((await at.cinder('alt_demo', 'DELETE', `/volumes/${id}`)).status).toBe(404);
  const foreign = await at.cinder('demo', 'GET', `/${'0'.repeat(32)}/volumes`);
  expect([foreign.status, message(foreign)]).toEqual([400, 'Malformed request url']);
});

test('from an image: bootable, with what it knows of the image', async () => {
  const imageRef = await at.imageId();
  const id = await at.volume('demo', { size: 1, imageRef });
  expect(await show(id)).toMatchObject({ bootable: 'true', volume_image_metadata: { image_id: imageRef, image_name: 'testimage' } });
  const copy = await at.volume('demo', { source_volid: id });
  expect(await show(copy)).toMatchObject({ bootable: 'true', size: 1, source_volid: id });
});

describe('lists', () => {
  beforeAll(async () => {
    for (const [name, size, colour] of [
      ['b', 2, 'red'],
      ['a', 3, 'red'],
      ['c', 1, 'blue'],
    ] as const)
      await at.volume('alt_demo', { name, size, metadata: { colour } });
  });
  const names = (answer: { readonly body: unknown }): string =>
    (answer.body as { volumes: readonly { name: string }[] }).volumes.map((volume) => volume.name).join('');

  test.each([
    ['', 'cab'],
    ['?sort=name:asc', 'abc'],
    ['?sort_key=size&sort_dir=desc', 'abc'],
    ['?name=a', 'a'],
    ['?metadata={"colour":"red"}', 'ab'],
    ["?metadata={'colour': 'blue'}", 'c'],
    ['?status=available&limit=2', 'ca'],
    ['?status=error', ''],
    ['?offset=1', 'ab'],
    ['?limit=0', ''],
    ['?created_at=lt:2030-01-01T00:00:00', ''],
  ])('/volumes/detail%s gives %s', async (query, wanted) => {
    expect(names(await at.cinder('alt_demo', 'GET', `/volumes/detail${query}`))).toBe(wanted);
  });

  test.each([
    ['?limit=-1', 400, 'limit param must be positive'],
    ['?limit=x', 400, 'limit param must be an integer'],
    ['?sort=spout', 400, 'Invalid input received: Invalid sort key'],
    ['?sort=constructor', 400, 'Invalid input received: Invalid sort key'],
    ['?nope=1', 400, 'Invalid filters nope are found in query options.'],
    [`?marker=${NOBODY}`, 404, `Volume ${NOBODY} could not be found.`],
  ])('/volumes%s is refused', async (query, status, words) => {
    const answer = await at.cinder('alt_demo', 'GET', `/volumes${query}`);
    expect([answer.status, message(answer)]).toEqual([status, words]);
  });

  test('pages link to the next one; the count is of all', async () => {
    const first = await at.cinder('alt_demo', 'GET', '/volumes?limit=2&sort=name:asc&with_count=true');
    const body = first.body as { volumes_links: readonly { href: string }[]; count: number };
    expect([names(first), body.count]).toEqual(['ab', 3]);
    const next = await at.cloud.call('alt_demo', 'GET', body.volumes_links[0]?.href.slice(at.cloud.url.length) ?? '');
    expect(names(next)).toBe('c');
  });
});

test('quotas are kept and refuse what is too much', async () => {
  const project = at.cloud.facts.projectIds.service ?? '';
  const path = `/os-quota-sets/${project}`;
  const limits = (quota_set: JsonObject) => at.cinder('admin', 'PUT', path, { quota_set });
  const create = (size: number) => at.cinder('heat', 'POST', '/volumes', { volume: { size } });
  expect((await at.cinder('demo', 'PUT', path, { quota_set: { volumes: 9 } })).status).toBe(403);
  expect((await limits({ gigabytes: 5, volumes: 1 })).status).toBe(200);
  const large = await create(6);
  expect([large.status, large.body]).toEqual([
    413,
    {
      overLimit: {
        code: 413,
        message:
          'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 6G, quota is 5G and 0G has been consumed.',
        retryAfter: '0',
      },
    },
  ]);
  const id = await at.volume('heat', { size: 2 });
  expect(message(await create(1))).toBe("VolumeLimitExceeded: Maximum number of volumes allowed (1) exceeded for quota 'volumes'.");
  expect((await act(id, { 'os-extend': { new_size: 8 } }, 'heat')).status).toBe(413);
  await limits({ snapshots: 0 });
  expect(message(await at.cinder('heat', 'POST', '/snapshots', { snapshot: { volume_id: id } }))).toBe(
    'SnapshotLimitExceeded: Maximum number of snapshots allowed (0) exceeded',
  );
  await limits({ volumes: -1, volumes_fake: 1 });
  expect(message(await create(1))).toMatch(/quota 'volumes_fake'/);
  const usage = item(await at.cinder('heat', 'GET', `${path}?usage=True`));
  expect(usage).toMatchObject({ volumes: { limit: -1, in_use: 1, reserved: 0 }, gigabytes: { limit: 5, in_use: 2, reserved: 0 } });
  await at.cinder('admin', 'DELETE', path);
  expect((await create(6)).status).toBe(202);
});

test('a type that is not public is used by whom it was given', async () => {
  const type = { name: 'secret', 'os-volume-type-access:is_public': false, extra_specs: { k: 'v' } };
  const made = await at.cinder('admin', 'POST', '/types', { volume_type: type });
  const id = String(item(made).id);
  expect((await at.cinder('admin', 'POST', '/types', { volume_type: type })).status).toBe(409);
  expect((await at.cinder('demo', 'GET', `/types/${id}`)).status).toBe(404);
  expect((await at.cinder('demo', 'POST', '/volumes', { volume: { size: 1, volume_type: 'secret' } })).status).toBe(404);
  const project = at.cloud.facts.projectIds.demo ?? '';
  expect((await at.cinder('admin', 'POST', `/types/${id}/action`, { addProjectAccess: { project } })).status).toBe(202);
  expect((await at.cinder('demo', 'POST', '/volumes', { volume: { size: 1, volume_type: 'secret' } })).status).toBe(202);
  expect(item(await at.cinder('demo', 'GET', `/types/${id}`))).toMatchObject({ name: 'secret', extra_specs: {} });
  expect((await at.cinder('admin', 'DELETE', `/types/${id}`)).status).toBe(400);
});

test.each([
  ['3.999', 406],
  ['abc', 400],
  ['latest', 200],
  ['3.0', 200],
])('microversion %s answers %i', async (version, status) => {
  expect((await at.cinder('demo', 'GET', '/volumes', undefined, version)).status).toBe(status);
});
