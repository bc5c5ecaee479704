/** Progress as text: the tree, the frame of a terminal, the lines of a log. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StackResource, StackSummary } from '../stack-shapes.ts';
import { changeLines } from './change-lines.ts';
import { progressFrame } from './progress-frame.ts';
import { resourceTree } from './resource-tree.ts';

const resource = (name: string, requiredBy: string[] = [], status = 'CREATE_COMPLETE', reason = ''): StackResource => ({
  name,
  type: 'OS::Heat::Value',
  status,
  reason,
  physicalId: '',
  requiredBy,
  createdAt: '',
  updatedAt: null,
});
const stack: StackSummary = {
  id: '1',
  name: 'web',
  status: 'CREATE_IN_PROGRESS',
  reason: '',
  description: '',
  createdAt: '',
  updatedAt: null,
};
const drawn = (resources: StackResource[]): string[] => resourceTree(resources).map((row) => `${row.branch}${row.resource.name}`);
const options = { columns: 80, rows: 24, colour: false, elapsedMs: 1_250 };

describe('the tree', () => {
  it('puts each resource below the deepest one it waits for', () => {
    const resources = [
      resource('web'),
      resource('net', ['subnet', 'port']),
      resource('subnet', ['port']),
      resource('port', ['web']),
      resource('key'),
    ];
    expect(drawn(resources)).toEqual(['key', 'net', '└─ subnet', '   └─ port', '      └─ web']);
  });

  it('joins siblings with lines', () => {
    expect(drawn([resource('a', ['b', 'c']), resource('b', ['d']), resource('c'), resource('d')])).toEqual([
      'a',
      '├─ b',
      '│  └─ d',
      '└─ c',
    ]);
  });

  it('shows every resource exactly once, whatever the edges are', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'elsewhere');
    const edges = fc.array(fc.tuple(names, names), { maxLength: 20 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const resources = ['a', 'b', 'c', 'd', 'e'].map((name) =>
          resource(name, [...new Set(pairs.filter(([from]) => from === name).map(([, to]) => to))]),
        );
        const rows = resourceTree(resources).map((row) => row.resource.name);
        expect(rows.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
      }),
    );
  });

  it('does not overflow on a chain of ten thousand', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => resource(`r${i}`, [`r${i + 1}`]));
    expect(resourceTree(chain)).toHaveLength(10_000);
  });
});

describe('a frame', () => {
  it('has a head with the count and a line for each resource', () => {
    const lines = progressFrame(stack, [resource('net', ['srv']), resource('srv', [], 'CREATE_IN_PROGRESS')], options);
    expect(lines[0]).toBe('web  CREATE_IN_PROGRESS  1/2 resources  1.3 s');
    expect(lines[1]).toContain('✓ net');
    expect(lines[2]).toContain('└─ srv');
  });

  it('never has more lines or columns than the terminal, and says what it leaves out', () => {
    const resources = Array.from({ length: 100 }, (_, i) =>
      resource(`resource-${i}`, [], i === 77 ? 'CREATE_FAILED' : 'CREATE_COMPLETE', 'no\nhost'),
    );
    const lines = progressFrame(stack, resources, { ...options, columns: 40, rows: 10 });
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(lines.join('\n')).toContain('✗ resource-77');
    expect(lines.at(-1)).toContain('and 93 more');
  });

  it('is empty of resources without complaint', () => {
    expect(progressFrame(stack, [], options)).toHaveLength(1);
  });
});

describe('lines of changes', () => {
  it('tells what changed since the last look, not what waits', () => {
    const before = [resource('a', [], 'CREATE_IN_PROGRESS'), resource('b', [], 'INIT_COMPLETE')];
    const after = [resource('a'), resource('b', [], 'INIT_COMPLETE'), resource('c', [], 'CREATE_FAILED', 'quota')];
    const lines = changeLines(before, after);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/✓ a .*CREATE_COMPLETE$/);
    expect(lines[1]).toMatch(/✗ c .*CREATE_FAILED: quota$/);
  });

  it('tells nothing twice, and what vanished once', () => {
    const seen = [resource('a')];
    expect(changeLines(seen, seen)).toEqual([]);
    expect(changeLines(seen, [])[0]).toMatch(/a .*DELETE_COMPLETE$/);
  });
});
