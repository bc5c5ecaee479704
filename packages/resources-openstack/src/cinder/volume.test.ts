/** Volumes without a cloud: which sources go together, what is asked for step by step when one changes, and what is remembered meanwhile. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, silentLog, type Json, type JsonObject } from '@hearth/kernel';
import type { Live, Progress, Update } from '@hearth/resource-kit';
import { describe, expect, it } from 'vitest';
import { volumeProblems, type VolumeSources } from './volume-rules.ts';
import { volume } from './volume.ts';

const nothing: VolumeSources = { size: null, backup_id: null, snapshot_id: null, source_volid: null, image: null };

it.each<[string, VolumeSources, RegExp | null]>([
  ['a size', { size: 1 }, null],
  ['a snapshot', { snapshot_id: 's' }, null],
  ['a source volume', { source_volid: 'v' }, null],
  ['a backup, whatever else', { backup_id: 'b', snapshot_id: 's', image: 'i' }, null],
  ['a size and an image', { size: 1, image: 'i' }, null],
  ['a size that is not known yet', { size: undefined, image: 'i' } as unknown as VolumeSources, null],
  ['nothing', {}, /one and only one of .* specified options: \[\]\./],
  ['an image without a size', { image: 'i' }, /specified options: \['image'\]\./],
  ['two sources without a size', { snapshot_id: 's', source_volid: 'v' }, /\['snapshot_id', 'source_volid'\]/],
  ['two sources and a size', { size: 1, snapshot_id: 's', image: 'i' }, /If "size" is provided, only one of/],
])('sources: %s', (_name, given, problem) => {
  const problems = volumeProblems({ ...nothing, ...given });
  if (problem === null) expect(problems).toEqual([]);
  else expect(problems.join()).toMatch(problem);
});

/** A cloud of one volume that does at once what it is told, and writes down what that was. */
function cloudOfOne(first: JsonObject) {
  let present: JsonObject | null = first;
  const calls: string[] = [];
  const told = (what: string, change: JsonObject): Promise<void> => {
    calls.push(what);
    if (present !== null) present = { ...present, ...change };
    return Promise.resolve();
  };
  const placed = (server: string, device: string | null): JsonObject => ({
    status: 'in-use',
    attachments: [{ server_id: server, device }],
  });
  const cinder = {
    getVolume: async () => present,
    findType: async (name: string) => ({ id: `${name}-id`, name }),
    volumeAction: (_id: string, action: JsonObject) => {
      const [[name, value] = ['', null]] = Object.entries(action);
      const size = (value as JsonObject).new_size;
      const type = (value as JsonObject).new_type;
      return told(name, { ...(size !== undefined && { size }), ...(type !== undefined && { volume_type: type }) });
    },
    updateVolume: (_id: string, changes: JsonObject) => told('update', changes),
    setVolumeMetadata: (_id: string, metadata: JsonObject) => told('metadata', { metadata }),
    restoreBackup: async () => {
      await told('restore', {});
      return 'v';
    },
    deleteVolume: async () => {
      await told('delete', {});
      present = null;
    },
    serverAttachment: async () => ((present?.attachments as readonly Json[] | undefined)?.length ? { id: 'v' } : null),
    attachToServer: async (server: string, _id: string, device: string | null) => {
      await told(`attach ${server} ${device ?? ''}`, placed(server, device));
      return 'v';
    },
    detachFromServer: (server: string) => told(`detach ${server}`, { status: 'available', attachments: [] }),
  };
  return { cloud: { cinder } as unknown as Cloud, calls, now: () => present };
}

const props = { size: 1, metadata: {}, name: null, description: null, read_only: null, volume_type: null, backup_id: null };
function call(cloud: Cloud, more: JsonObject = {}): Live<Cloud> {
  const never = { aborted: false, addEventListener() {}, removeEventListener() {} };
  const base = {
    cloud,
    physicalName: 'p',
    physicalId: 'v',
    stackId: 's',
    resourceName: 'r',
    startedAt: 0,
    now: 0,
    cancel: never,
    log: silentLog,
  };
  return { ...base, data: {}, props: { ...props, ...more } } as unknown as Live<Cloud>;
}
async function updated(cloud: Cloud, change: JsonObject, options: { readonly diesAfter?: number } = {}): Promise<readonly Progress[]> {
  const live = call(cloud, change);
  const first = await volume.update?.({ ...live, changed: change, before: props } as unknown as Update<Cloud>);
  const seen: Progress[] = first === undefined ? [] : [first];
  for (let looks = 0; looks < 30; looks++) {
    const last = seen.at(-1);
    if (last === undefined || last.kind === 'done') return seen;
    // A process that dies after a look has committed what the look before it said.
    const token = JSON.parse(JSON.stringify(looks === options.diesAfter ? (seen.at(-2) ?? last) : last)) as { token: Json };
    const next = await volume.checkUpdate?.({ ...live, data: last.data ?? {} }, token.token);
    if (next !== undefined) seen.push(next);
  }
  throw new Error('it never ends');
}
const attached = { id: 'v', size: 1, status: 'in-use', volume_type: 'a', attachments: [{ server_id: 'web', device: '/dev/vdc' }] };
const free = { ...attached, status: 'available', attachments: [] };

describe('changes', () => {
  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ['larger', free, { size: 2 }, ['os-extend']],
    ['larger, while attached', attached, { size: 2 }, ['detach web', 'os-extend', 'attach web /dev/vdc']],
    ['read-only, while attached', attached, { read_only: true }, ['detach web', 'os-update_readonly_flag', 'attach web /dev/vdc']],
    ['restored, then larger', attached, { backup_id: 'b', size: 2 }, ['detach web', 'restore', 'os-extend', 'attach web /dev/vdc']],
    ['another type, while attached', attached, { volume_type: 'b' }, ['os-retype']],
    ['the same type by another name', { ...free, volume_type: 'b' }, { volume_type: 'b' }, []],
    ['as large as it is', attached, { size: 1 }, []],
    ['name and text', free, { name: 'n', description: 'd' }, ['update', 'metadata']],
  ])('%s', async (_name, before, change, wanted) => {
    const { cloud, calls } = cloudOfOne(before);
    const seen = await updated(cloud, change);
    expect(calls).toEqual(wanted);
    expect(seen.at(-1)?.data ?? {}).toEqual({});
  });

  it('where it was attached is written down before it is taken off', async () => {
    const { cloud, calls } = cloudOfOne(attached);
    const first = await volume.update?.({ ...call(cloud, { size: 2 }), changed: { size: 2 }, before: props } as unknown as Update<Cloud>);
    expect(calls).toEqual([]);
    expect(first).toMatchObject({ data: { home: { server: 'web', device: '/dev/vdc' } }, token: { home: { server: 'web' } } });
  });

  it.each([1, 2, 3, 4])('broken off after look %i, it is put back all the same, and nothing is done twice', async (diesAfter) => {
    const { cloud, calls, now } = cloudOfOne(attached);
    await updated(cloud, { size: 2 }, { diesAfter });
    expect(calls.filter((one) => one === 'os-extend')).toHaveLength(1);
    expect(now()).toMatchObject({ status: 'in-use', size: 2, attachments: [{ server_id: 'web', device: '/dev/vdc' }] });
  });

  it('a later update brings home what an earlier one has left behind', async () => {
    const { cloud, calls } = cloudOfOne(free);
    const home = { server: 'web', device: null };
    const live = { ...call(cloud, { size: 1 }), data: { home }, changed: { name: 'n' }, before: props };
    const first = await volume.update?.(live as unknown as Update<Cloud>);
    expect(first?.kind).toBe('wait');
    expect(calls).toContain('attach web ');
  });

  it('does not shrink', async () => {
    const { cloud } = cloudOfOne({ ...free, size: 5 });
    await expect(updated(cloud, { size: 2 })).rejects.toThrow('Shrinking volume is not supported.');
  });

  it.each([
    ['error_extending', { size: 2 }, 'Volume resize failed - Unknown status error_extending due to "Unknown"'],
    ['error_restoring', { backup_id: 'b' }, 'Volume backup restore failed - Unknown status error_restoring due to "Unknown"'],
  ])('%s ends it', async (status, change, words) => {
    const { cloud } = cloudOfOne({ ...free, status });
    await expect(updated(cloud, change)).rejects.toThrow(words);
  });
});

describe('creation and deletion', () => {
  it.each([
    ['error', 'Went to status error due to "Unknown"'],
    ['deleting', 'Volume create failed - Unknown status deleting due to "Unknown"'],
  ])('%s ends a creation', async (status, words) => {
    const { cloud } = cloudOfOne({ ...free, status });
    await expect(volume.checkCreate?.(call(cloud), null)).rejects.toThrow(words);
  });
  it('what is in use is not deleted; what is just leaving a server, or still being made, is a little later', async () => {
    const used = cloudOfOne(attached);
    await expect(volume.delete(call(used.cloud))).rejects.toThrow('Volume in use');
    expect(used.calls).toEqual([]);
    for (const status of ['detaching', 'creating', 'downloading']) {
      const passing = cloudOfOne({ ...free, status });
      expect(await volume.delete(call(passing.cloud))).toMatchObject({ kind: 'wait', token: 'to be deleted' });
      expect(passing.calls).toEqual([]);
    }
    const gone = cloudOfOne(free);
    expect(await volume.checkDelete?.(call(gone.cloud), 'to be deleted')).toMatchObject({ kind: 'wait', saw: 'deleting' });
    expect(await volume.checkDelete?.(call(gone.cloud), null)).toEqual({ kind: 'done' });
  });
  it.each([
    ['deleting', true],
    ['available', false],
  ])('a refusal to delete what is %s then is taken for done: %s', async (status, isDone) => {
    const { cloud } = cloudOfOne(free);
    let isAsked = false;
    const deleteVolume = () => {
      isAsked = true;
      return Promise.reject(new Failure('invalid', 'Invalid volume'));
    };
    const getVolume = async () => ({ ...free, status: isAsked ? status : 'available' });
    const refusing = { cinder: { ...cloud.cinder, deleteVolume, getVolume } } as unknown as Cloud;
    const outcome = volume.delete(call(refusing));
    if (isDone) expect(await outcome).toMatchObject({ kind: 'wait', saw: 'deleting' });
    else await expect(outcome).rejects.toMatchObject({ code: 'invalid' });
  });
  it('a refusal that is no refusal of the value is passed on', async () => {
    const { cloud } = cloudOfOne(free);
    const broken = {
      cinder: { ...cloud.cinder, volumeAction: () => Promise.reject(new Failure('unavailable', 'away')) },
    } as unknown as Cloud;
    await expect(updated(broken, { size: 2 })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

it('attributes read as they always did', async () => {
  const { cloud } = cloudOfOne({ ...attached, name: 'n', encrypted: false, multiattach: true, metadata: { a: 'b', hearth_resource: 'p' } });
  expect(await volume.observe(call(cloud))).toMatchObject({
    size: '1',
    encrypted: 'False',
    multiattach: 'True',
    snapshot_id: 'None',
    display_name: 'n',
    display_description: null,
    metadata: '{"a": "b"}',
    metadata_values: { a: 'b' },
    attachments: "[{'server_id': 'web', 'device': '/dev/vdc'}]",
    attachments_list: attached.attachments,
  });
});
