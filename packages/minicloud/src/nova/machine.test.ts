/** The server's states: every action from every state by table, and properties of transitions under a moving clock. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '@hearth/kernel';
import {
  beginAction,
  beginDelete,
  deedOf,
  hasProgress,
  newServerState,
  powerStates,
  reported,
  resetState,
  stateAt,
  statusOf,
  type FlavorCopy,
  type ServerAction,
  type ServerState,
  type VmState,
} from './machine.ts';

const small: FlavorCopy = { id: 'small', name: 'm1.small', ramMb: 128, vcpus: 1, diskGb: 1, ephemeralGb: 0, swapMb: 0, extraSpecs: {} };
const large: FlavorCopy = { ...small, id: 'large', name: 'm1.large', ramMb: 256 };
const after = (doneAtMs: number | null, fault: string | null = null) => ({ doneAtMs, fault });
const active = stateAt(newServerState(small, after(10), 0), 10);
const stateIn = (vmState: VmState, powerState: number = powerStates.running): ServerState => ({
  ...active,
  vmState,
  powerState,
  ...(vmState === 'resized' ? { flavor: large, otherFlavor: small } : {}),
});
const begin = (
  state: ServerState,
  action: ServerAction,
  nowMs = 100,
  doneAtMs: number | null = 200,
  fault: string | null = null,
): ServerState =>
  beginAction(state, { serverId: 's', action, schedule: after(doneAtMs, fault), nowMs, ...(action === 'resize' ? { flavor: large } : {}) });

describe('building', () => {
  test('is BUILD until its time, then ACTIVE and running', () => {
    const state = newServerState(small, after(1000), 0);
    expect([statusOf(stateAt(state, 999)), stateAt(state, 999).transition?.taskState]).toEqual(['BUILD', 'spawning']);
    const done = stateAt(state, 1000);
    expect([statusOf(done), done.powerState, done.transition, done.launchedAtMs]).toEqual(['ACTIVE', powerStates.running, null, 1000]);
  });
  test('that fails is ERROR with the reason', () => {
    const state = stateAt(newServerState(small, after(1000, 'No valid host was found.'), 0), 5000);
    expect([statusOf(state), state.fault]).toEqual(['ERROR', { code: 500, message: 'No valid host was found.', createdAtMs: 1000 }]);
  });
  test('by a driver that reports ends with its report, and only with one for this deed', () => {
    const state = newServerState(small, after(null), 0);
    expect(statusOf(stateAt(state, 1e12))).toBe('BUILD');
    expect(reported(state, 'stop', null, 5)).toBe(state);
    expect(statusOf(reported(state, 'spawn', null, 5))).toBe('ACTIVE');
    expect(statusOf(reported(state, 'spawn', 'no memory', 5))).toBe('ERROR');
  });
});

const allStates: readonly VmState[] = [
  'building',
  'active',
  'stopped',
  'paused',
  'suspended',
  'resized',
  'rescued',
  'shelved',
  'shelved_offloaded',
  'error',
];
const table: readonly (readonly [ServerAction, readonly VmState[], during: string, end: string])[] = [
  ['start', ['stopped'], 'SHUTOFF', 'ACTIVE'],
  ['stop', ['active', 'error'], '*', 'SHUTOFF'],
  ['soft-reboot', ['active'], 'REBOOT', 'ACTIVE'],
  ['hard-reboot', ['active', 'stopped', 'paused', 'suspended', 'error'], '*', 'ACTIVE'],
  ['pause', ['active'], 'ACTIVE', 'PAUSED'],
  ['unpause', ['paused'], 'PAUSED', 'ACTIVE'],
  ['suspend', ['active'], 'ACTIVE', 'SUSPENDED'],
  ['resume', ['suspended'], 'SUSPENDED', 'ACTIVE'],
  ['resize', ['active', 'stopped'], 'RESIZE', 'VERIFY_RESIZE'],
  ['confirm-resize', ['resized'], 'ACTIVE', 'ACTIVE'],
  ['revert-resize', ['resized'], 'REVERT_RESIZE', 'ACTIVE'],
  ['change-password', ['active'], 'PASSWORD', 'ACTIVE'],
  ['snapshot', ['active', 'stopped', 'paused', 'suspended'], '*', '*'],
  ['rebuild', ['active', 'stopped', 'error'], 'REBUILD', '*'],
  ['backup', ['active', 'stopped', 'paused', 'suspended'], '*', '*'],
  ['rescue', ['active', 'stopped', 'error'], '*', 'RESCUE'],
  ['unrescue', ['rescued'], 'RESCUE', 'ACTIVE'],
  ['shelve', ['active', 'stopped', 'paused', 'suspended'], '*', 'SHELVED_OFFLOADED'],
  ['shelve-offload', ['shelved'], 'SHELVED', 'SHELVED_OFFLOADED'],
  ['unshelve', ['shelved', 'shelved_offloaded'], '*', 'ACTIVE'],
];

describe.each(table)('%s', (action, from, during, end) => {
  test.each(allStates)('from %s', (vmState) => {
    const state = stateIn(vmState);
    if (!from.includes(vmState)) {
      expect(() => begin(state, action)).toThrow(Refusal);
      return;
    }
    const begun = begin(state, action);
    if (during !== '*') expect(statusOf(begun)).toBe(during);
    const done = stateAt(begun, 200);
    if (end !== '*') expect(statusOf(done)).toBe(end);
    expect(done.transition).toBeNull();
  });
  test('is refused while another one is under way', () => {
    const [vmState = 'active'] = from;
    const busy: ServerState = {
      ...stateIn(vmState),
      transition: { deed: 'snapshot', taskState: 'image_snapshot', startedAtMs: 0, doneAtMs: null, fault: null, to: vmState },
    };
    expect(() => begin(busy, action)).toThrow(/while it is in task_state image_snapshot/);
  });
});

describe('resizing', () => {
  test('changes the flavor when it is done, and a revert changes it back', () => {
    const begun = begin(active, 'resize');
    expect(begun.flavor.id).toBe('small');
    const resized = stateAt(begun, 200);
    expect([resized.flavor.id, resized.otherFlavor?.id]).toEqual(['large', 'small']);
    const reverted = stateAt(begin(resized, 'revert-resize', 300, 400), 400);
    expect([statusOf(reverted), reverted.flavor.id, reverted.otherFlavor]).toEqual(['ACTIVE', 'small', null]);
  });
  test('confirmed at once keeps the new flavor', () => {
    const confirmed = begin(stateAt(begin(active, 'resize'), 200), 'confirm-resize', 300);
    expect([statusOf(confirmed), confirmed.flavor.id, confirmed.otherFlavor]).toEqual(['ACTIVE', 'large', null]);
  });
  test('a stopped server comes back stopped', () => {
    const stopped = stateAt(begin(active, 'stop'), 200);
    const resized = stateAt(begin(stopped, 'resize', 300, 400), 400);
    expect(statusOf(begin(resized, 'confirm-resize', 500))).toBe('SHUTOFF');
  });
  test('that fails leaves the server as it was, with a fault', () => {
    const failed = stateAt(begin(active, 'resize', 100, 200, 'no room'), 200);
    expect([statusOf(failed), failed.flavor.id, failed.otherFlavor, failed.fault?.message]).toEqual(['ACTIVE', 'small', null, 'no room']);
  });
});

test('a hard reboot may take over from a soft one', () => {
  expect(statusOf(begin(begin(active, 'soft-reboot'), 'hard-reboot', 110))).toBe('HARD_REBOOT');
});
test('os-resetState ends whatever is under way', () => {
  const state = resetState(begin(active, 'stop'), 'error', 150);
  expect([statusOf(state), state.transition]).toEqual(['ERROR', null]);
});

const someAction = fc.constantFrom<ServerAction>(...table.map(([action]) => action));

describe('under any sequence of actions and times', () => {
  test('deleting is always possible and ends in DELETED', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(someAction, fc.nat(300), fc.option(fc.nat(300)))), fc.nat(500), (steps, deleteDelayMs) => {
        let nowMs = 0;
        let state = newServerState(small, after(100), 0);
        for (const [action, pause, delayMs] of steps) {
          nowMs += pause;
          state = stateAt(state, nowMs);
          try {
            state = begin(state, action, nowMs, delayMs === null ? null : nowMs + delayMs);
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
          expect(
            hasProgress(statusOf(state)) ||
              ['SHUTOFF', 'PAUSED', 'SUSPENDED', 'ERROR', 'RESCUE', 'SHELVED_OFFLOADED'].includes(statusOf(state)) ||
              ['REBOOT', 'HARD_REBOOT', 'PASSWORD', 'REVERT_RESIZE'].includes(statusOf(state)),
          ).toBe(true);
        }
        const deleting = beginDelete(state, after(nowMs + deleteDelayMs), nowMs);
        expect(beginDelete(deleting, after(nowMs + 1), nowMs).transition?.doneAtMs ?? null).toBe(deleting.transition?.doneAtMs ?? null);
        expect(statusOf(stateAt(deleting, nowMs + deleteDelayMs))).toBe('DELETED');
      }),
    );
  });
  test('looking often or once shows the same', () => {
    fc.assert(
      fc.property(someAction, fc.array(fc.nat(300)), fc.nat(300), (action, looks, atMs) => {
        const from = table.find(([one]) => one === action)?.[1][0] ?? 'active';
        const begun = begin(stateIn(from), action, 0, 150);
        const often = looks
          .filter((look) => look <= atMs)
          .sort((a, b) => a - b)
          .reduce((state, look) => stateAt(state, look), begun);
        expect(stateAt(often, atMs)).toEqual(stateAt(begun, atMs));
      }),
    );
  });
  test('every action is one deed', () => {
    for (const [action] of table) expect(deedOf(action)).toMatch(/^[a-z-]+$/);
  });
});
