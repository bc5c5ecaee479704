/** What goes on as a sentence: for how long, how often it was begun, when it is looked at again, what the cloud said, when it is given up. */
import { expect, it } from 'vitest';
import type { ResourceRecord, StackRecord } from '@hearth/store';
import { findingOf, type Told } from './findings-text.ts';

const NOW = 1_000_000;
const row = (more: Partial<ResourceRecord>): Partial<ResourceRecord> => ({
  type: 'Test::Thing',
  action: 'CREATE',
  status: 'IN_PROGRESS',
  statusReason: 'state changed',
  phase: 'waiting',
  startedAt: NOW - 8_000,
  wakeAt: NOW + 2_000,
  attempts: 1,
  data: {},
  ...more,
});
const told = (
  more: Partial<ResourceRecord>,
  {
    kind = 'in-flight',
    child = null,
    deadlineAt = null,
  }: Partial<Pick<StackRecord, 'deadlineAt'> & Pick<Told, 'child'>> & { kind?: string } = {},
): Told =>
  ({
    rootName: 'web',
    stack: { action: 'CREATE', deadlineAt },
    above: '',
    path: 'server',
    one: { name: 'server', row: row(more), wish: 'there', cause: { kind }, others: [] },
    child,
    now: NOW,
  }) as unknown as Told;

it.each<[string, Told, string, string | null]>([
  ['looked at again and again', told({}), 'server: CREATE has been going on for 8 s; the next look is in 2 s.', null],
  [
    'begun more than once, with a deadline',
    told({ attempts: 3, statusReason: 'no room' }, { deadlineAt: NOW + 600_000 }),
    'server: CREATE has been going on for 8 s, begun 3 times; the next look is in 2 s. The cloud last said: no room.',
    'If it never ends, it is given up in 10 min.',
  ],
  ['being called', told({ phase: 'calling' }), 'server: the call for CREATE has been under way for 8 s.', null],
  [
    'a stack below',
    told({}, { child: { action: 'UPDATE', status: 'IN_PROGRESS' } as StackRecord }),
    'server: its nested stack has been UPDATE_IN_PROGRESS for 8 s.',
    null,
  ],
  ['tried again', told({ attempts: 2 }, { kind: 'retrying' }), 'server has failed and is tried again, begun 2 times.', null],
])('%s', (_what, one, message, remedy) => {
  expect(findingOf(one)).toMatchObject({ message, remedy, since: NOW - 8_000, nextLookAt: NOW + 2_000 });
});
