/** The tree that grows with events: what is nested stands below what it is, what is told counts, what is cleaned up does not. */
import { expect, it } from 'vitest';
import type { TreeEvent } from '../event-shapes.ts';
import type { StackResource } from '../stack-shapes.ts';
import { eventTree } from './event-tree.ts';
import { treeFrame } from './progress-frame.ts';

const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
const event = (place: string, status: string, more: Partial<TreeEvent> = {}): TreeEvent => ({
  cursor: '1-1',
  kind: 'resource',
  at: at(0),
  stackId: 's',
  stackName: 's',
  stackPath: place.slice(0, place.lastIndexOf('.')),
  resourceName: place.slice(place.lastIndexOf('.') + 1),
  resourceType: 'T',
  physicalId: '',
  status,
  reason: '',
  ...more,
});
const resource = (name: string, requiredBy: string[] = []): StackResource => ({
  name,
  type: 'T',
  status: 'INIT_COMPLETE',
  reason: '',
  physicalId: '',
  requiredBy,
  createdAt: '',
  updatedAt: null,
});
const drawn = (tree: ReturnType<typeof eventTree>): string[] =>
  tree.rows().map(({ branch, resource: { name, status } }) => `${branch}${name} ${status}`);

it('nested stacks stand below the resource that they are, whatever comes first', () => {
  const tree = eventTree('web', 0);
  tree.apply(event('web.group.1.port', 'CREATE_IN_PROGRESS'));
  tree.apply(event('web.group.0', 'CREATE_COMPLETE'));
  tree.apply(event('web.group', 'CREATE_IN_PROGRESS'));
  tree.apply(event('web.group.1', 'CREATE_IN_PROGRESS'));
  tree.apply(event('web.net', 'CREATE_COMPLETE'));
  tree.learn([resource('key'), resource('group'), resource('net', ['group'])]);
  expect(drawn(tree)).toEqual([
    'key INIT_COMPLETE',
    'net CREATE_COMPLETE',
    'group CREATE_IN_PROGRESS',
    '├─ 0 CREATE_COMPLETE',
    '└─ 1 CREATE_IN_PROGRESS',
    '   └─ port CREATE_IN_PROGRESS',
  ]);
  expect(tree.nameOf(event('web.group.1.port', ''))).toBe('group.1.port');
});

it('knows the status of its own stack, not of those below', () => {
  const tree = eventTree('web.group', 0);
  expect(tree.apply(event('web.group.x', 'CREATE_IN_PROGRESS', { kind: 'stack', stackPath: 'web.group' }))).toBe(true);
  expect(tree.apply(event('web.group.0.x', 'CREATE_COMPLETE', { kind: 'stack', stackPath: 'web.group.0' }))).toBe(false);
  expect(tree.status()).toBe('CREATE_IN_PROGRESS');
});

it('the clean-up of a replaced resource is not the end of the one that replaces it', () => {
  const tree = eventTree('web', 0);
  tree.apply(event('web.a', 'CREATE_COMPLETE', { physicalId: 'new' }));
  expect(tree.apply(event('web.a', 'DELETE_COMPLETE', { physicalId: 'old' }))).toBe(false);
  expect(drawn(tree)).toEqual(['a CREATE_COMPLETE']);
  tree.apply(event('web.a', 'DELETE_COMPLETE', { physicalId: 'new' }));
  expect(drawn(tree)).toEqual(['a DELETE_COMPLETE']);
});

it('is drawn with marks, reasons, and how long what goes on has taken', () => {
  const tree = eventTree('web', 0);
  tree.apply(event('web.a', 'CREATE_IN_PROGRESS', { at: at(2) }));
  tree.apply(event('web.b', 'CREATE_FAILED', { reason: 'no\nhost' }));
  const lines = treeFrame({ name: 'web', status: 'CREATE_IN_PROGRESS' }, tree.rows(), {
    columns: 80,
    rows: 24,
    colour: false,
    elapsedMs: 5_500,
  });
  expect(lines[0]).toBe('web  CREATE_IN_PROGRESS  0/2 resources  5.5 s');
  expect(lines[1]).toMatch(/a .*CREATE_IN_PROGRESS {2}3\.5 s$/);
  expect(lines[2]).toMatch(/✗ b .*CREATE_FAILED {2}no host$/);
});
