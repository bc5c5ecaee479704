/** The states an image goes through while it is made, and the combinations that are refused: with a fake image service. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, type JsonObject } from '@hearth/kernel';
import type { Live } from '@hearth/resource-kit';
import { expect, it } from 'vitest';
import { webImage } from './web-image.ts';

function live(status: string, tasks: readonly { status: string; message: string }[], props: JsonObject = {}, importError?: Failure) {
  const calls: string[] = [];
  const glance: Partial<Cloud['glance']> = {
    get: async (id) => ({ id, status, visibility: 'private' }),
    tasks: async () => tasks,
    async importFrom(_id, url) {
      calls.push(`import ${url}`);
      if (importError !== undefined) throw importError;
    },
    async setActive(_id, isActive) {
      calls.push(`active ${isActive}`);
    },
  };
  const given = {
    cloud: { glance } as unknown as Cloud,
    physicalId: 'i',
    props: { location: 'http://x.test/', active: true, members: null, ...props },
  };
  return { calls, call: given as unknown as Live<Cloud> };
}

it.each<[string, ReturnType<typeof live>, string, string[]]>([
  ['nothing begun', live('queued', []), 'wait', ['import http://x.test/']],
  ['begun by a call whose answer was lost', live('queued', [], {}, new Failure('conflict', 'locked')), 'wait', ['import http://x.test/']],
  ['under way', live('queued', [{ status: 'processing', message: '' }]), 'wait', []],
  ['the data is coming', live('importing', []), 'wait', []],
  ['there', live('active', []), 'done', []],
  ['there, and not to be used', live('active', [], { active: false }), 'done', ['active false']],
  ['taken out of use already', live('deactivated', [], { active: false }), 'done', []],
])('%s', async (_name, { calls, call }, kind, expected) => {
  expect((await webImage.checkCreate?.(call, null))?.kind).toBe(kind);
  expect(calls).toEqual(expected);
});

it.each([
  ['killed', [], /killed/],
  ['queued', [{ status: 'failure', message: 'HTTP 404' }], /could not be fetched: HTTP 404/],
])('an image that is %s with tasks %j fails', async (status, tasks, reason) => {
  await expect(webImage.checkCreate?.(live(status, tasks).call, null)).rejects.toThrow(reason);
});

it.each([
  [{ container_format: 'ami', disk_format: 'raw' }, 1],
  [{ container_format: 'ami', disk_format: 'ami' }, 0],
  [{ container_format: 'bare', disk_format: 'raw', members: ['p'], visibility: 'private' }, 1],
  [{ container_format: 'bare', disk_format: 'raw', members: ['p'], visibility: 'shared' }, 0],
  [{ container_format: 'bare', members: [] }, 0],
])('%j: %i problems', (props, problems) => {
  expect(webImage.validate?.(props)).toHaveLength(problems);
});
