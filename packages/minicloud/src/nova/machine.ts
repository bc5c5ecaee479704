/**
 * The states of a server: what an action may start from, what is seen while it runs, and what it leads to. Pure: a transition under way is a value
 * with the time of its end, and what is seen at any moment is computed from it. States and texts as Nova has them.
 */
import { Refusal } from '@hearth/kernel';
import type { GuestDeed, Schedule } from '../drivers/driver.ts';

export type VmState =
  | 'building'
  | 'active'
  | 'stopped'
  | 'paused'
  | 'suspended'
  | 'resized'
  | 'rescued'
  | 'shelved'
  | 'shelved_offloaded'
  | 'error'
  | 'deleted';

/** Nova's numbers. */
export const powerStates = { nostate: 0, running: 1, paused: 3, shutdown: 4, suspended: 7 } as const;

/** The flavor as it was when the server got it. */
export interface FlavorCopy {
  readonly id: string;
  readonly name: string;
  readonly ramMb: number;
  readonly vcpus: number;
  readonly diskGb: number;
  readonly ephemeralGb: number;
  readonly swapMb: number;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

export interface Fault {
  readonly code: number;
  readonly message: string;
  readonly createdAtMs: number;
}

export interface Transition {
  readonly deed: GuestDeed;
  readonly taskState: string;
  readonly startedAtMs: number;
  /** Null: the driver will tell. */
  readonly doneAtMs: number | null;
  /** Not null: it will end in failure. */
  readonly fault: string | null;
  /** The state after success. */
  readonly to: VmState;
}

export interface ServerState {
  readonly vmState: VmState;
  readonly powerState: number;
  readonly transition: Transition | null;
  readonly launchedAtMs: number | null;
  readonly terminatedAtMs: number | null;
  readonly updatedAtMs: number;
  readonly fault: Fault | null;
  readonly flavor: FlavorCopy;
  /** While resizing: the flavor to come; once resized: the one to go back to. */
  readonly otherFlavor: FlavorCopy | null;
}

export type ServerAction =
  | 'start'
  | 'stop'
  | 'soft-reboot'
  | 'hard-reboot'
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume'
  | 'resize'
  | 'confirm-resize'
  | 'revert-resize'
  | 'rebuild'
  | 'change-password'
  | 'snapshot'
  | 'backup'
  | 'rescue'
  | 'unrescue'
  | 'shelve'
  | 'shelve-offload'
  | 'unshelve';

interface Rule {
  /** Nova's word in conflict messages. */
  readonly word: string;
  readonly from: readonly VmState[];
  readonly deed: GuestDeed;
  readonly taskState: string;
  /** Null: the state stays what it was. */
  readonly to: VmState | null;
  /** May begin although another transition is under way. */
  readonly isInterrupting?: true;
}

const rules: Readonly<Record<ServerAction, Rule>> = {
  start: { word: 'start', from: ['stopped'], deed: 'start', taskState: 'powering-on', to: 'active' },
  stop: { word: 'stop', from: ['active', 'error'], deed: 'stop', taskState: 'powering-off', to: 'stopped' },
  'soft-reboot': { word: 'reboot', from: ['active'], deed: 'reboot', taskState: 'rebooting', to: 'active' },
  'hard-reboot': {
    word: 'reboot',
    from: ['active', 'stopped', 'paused', 'suspended', 'error'],
    deed: 'reboot-hard',
    taskState: 'rebooting_hard',
    to: 'active',
  },
  pause: { word: 'pause', from: ['active'], deed: 'pause', taskState: 'pausing', to: 'paused' },
  unpause: { word: 'unpause', from: ['paused'], deed: 'unpause', taskState: 'unpausing', to: 'active' },
  suspend: { word: 'suspend', from: ['active'], deed: 'suspend', taskState: 'suspending', to: 'suspended' },
  resume: { word: 'resume', from: ['suspended'], deed: 'resume', taskState: 'resuming', to: 'active' },
  resize: { word: 'resize', from: ['active', 'stopped'], deed: 'resize', taskState: 'resize_prep', to: 'resized' },
  'confirm-resize': { word: 'confirmResize', from: ['resized'], deed: 'confirm-resize', taskState: '', to: null },
  'revert-resize': { word: 'revertResize', from: ['resized'], deed: 'revert-resize', taskState: 'resize_reverting', to: null },
  rebuild: { word: 'rebuild', from: ['active', 'stopped', 'error'], deed: 'rebuild', taskState: 'rebuilding', to: null },
  'change-password': { word: 'changePassword', from: ['active'], deed: 'change-password', taskState: 'updating_password', to: null },
  snapshot: {
    word: 'createImage',
    from: ['active', 'stopped', 'paused', 'suspended'],
    deed: 'snapshot',
    taskState: 'image_snapshot',
    to: null,
  },
  backup: {
    word: 'createBackup',
    from: ['active', 'stopped', 'paused', 'suspended'],
    deed: 'snapshot',
    taskState: 'image_backup',
    to: null,
  },
  rescue: { word: 'rescue', from: ['active', 'stopped', 'error'], deed: 'rescue', taskState: 'rescuing', to: 'rescued' },
  unrescue: { word: 'unrescue', from: ['rescued'], deed: 'unrescue', taskState: 'unrescuing', to: 'active' },
  // Nova's default is to take a shelved server off its host at once.
  shelve: {
    word: 'shelve',
    from: ['active', 'stopped', 'paused', 'suspended'],
    deed: 'shelve',
    taskState: 'shelving',
    to: 'shelved_offloaded',
  },
  'shelve-offload': {
    word: 'shelveOffload',
    from: ['shelved'],
    deed: 'shelve-offload',
    taskState: 'shelving_offloading',
    to: 'shelved_offloaded',
  },
  unshelve: { word: 'unshelve', from: ['shelved', 'shelved_offloaded'], deed: 'unshelve', taskState: 'unshelving', to: 'active' },
};

/** The deed that an action is made of. */
export const deedOf = (action: ServerAction): GuestDeed => rules[action].deed;

export interface Begin {
  readonly serverId: string;
  readonly action: ServerAction;
  readonly schedule: Schedule;
  readonly nowMs: number;
  /** For `resize`. */
  readonly flavor?: FlavorCopy;
}

export function newServerState(flavor: FlavorCopy, schedule: Schedule, nowMs: number): ServerState {
  const transition: Transition = {
    deed: 'spawn',
    taskState: 'spawning',
    startedAtMs: nowMs,
    doneAtMs: schedule.doneAtMs,
    fault: schedule.fault,
    to: 'active',
  };
  const times = { launchedAtMs: null, terminatedAtMs: null, updatedAtMs: nowMs };
  return { vmState: 'building', powerState: powerStates.nostate, transition, ...times, fault: null, flavor, otherFlavor: null };
}

/** The state as of `nowMs`: a transition whose time has come is done. Equal to its argument while nothing changed. */
export function stateAt(state: ServerState, nowMs: number): ServerState {
  const { transition } = state;
  if (transition === null || transition.doneAtMs === null || transition.doneAtMs > nowMs) return state;
  return settled(state, transition, transition.fault, transition.doneAtMs);
}

/** The end of the transition under way, as a driver reports it; unchanged when that deed is not (any more) under way. */
export function reported(state: ServerState, deed: GuestDeed, fault: string | null, nowMs: number): ServerState {
  return state.transition?.deed === deed ? settled(state, state.transition, fault, nowMs) : state;
}

function settled(state: ServerState, transition: Transition, fault: string | null, atMs: number): ServerState {
  const rest: ServerState = { ...state, transition: null, updatedAtMs: Math.max(atMs, state.updatedAtMs) };
  if (transition.deed === 'destroy') return { ...rest, vmState: 'deleted', powerState: powerStates.nostate, terminatedAtMs: atMs };
  if (fault !== null) return failed(rest, transition.deed, fault, atMs);
  const next: ServerState = { ...rest, vmState: transition.to, powerState: powerOf(transition.to, rest.powerState) };
  switch (transition.deed) {
    case 'spawn':
    case 'rebuild':
    case 'unshelve':
      return { ...next, launchedAtMs: atMs, fault: null };
    case 'resize':
      return { ...next, launchedAtMs: atMs, flavor: rest.otherFlavor ?? rest.flavor, otherFlavor: rest.flavor };
    case 'revert-resize':
      return { ...next, flavor: rest.otherFlavor ?? rest.flavor, otherFlavor: null };
    default:
      return next;
  }
}

/** A failed build or rebuild is an error; after a failed resize or unshelving, Nova leaves the server as it was; the rest ends in error too. */
function failed(state: ServerState, deed: GuestDeed, message: string, atMs: number): ServerState {
  const fault: Fault = { code: 500, message, createdAtMs: atMs };
  if (deed === 'resize') return { ...state, otherFlavor: null, fault };
  if (deed === 'unshelve') return { ...state, fault };
  return { ...state, vmState: 'error', powerState: powerStates.nostate, fault };
}

function powerOf(vmState: VmState, before: number): number {
  switch (vmState) {
    case 'active':
    case 'rescued':
      return powerStates.running;
    case 'shelved':
    case 'shelved_offloaded':
    case 'stopped':
      return powerStates.shutdown;
    case 'paused':
      return powerStates.paused;
    case 'suspended':
      return powerStates.shutdown;
    case 'resized':
      return before === powerStates.shutdown ? powerStates.shutdown : powerStates.running;
    case 'building':
    case 'deleted':
      return powerStates.nostate;
    case 'error':
      return before;
  }
}

/** What Nova sends to the server's host before it looks at the state; a shelved server has none. */
const NEED_HOST: readonly ServerAction[] = ['start', 'stop', 'resize'];

/** Begins an action on a state that `stateAt` has brought to now; refuses what Nova refuses. */
export function beginAction(state: ServerState, begin: Begin): ServerState {
  const rule = rules[begin.action];
  if (state.vmState === 'shelved_offloaded' && NEED_HOST.includes(begin.action))
    throw new Refusal('conflict', 'InstanceNotReady', `Instance ${begin.serverId} is not ready`);
  if (!rule.from.includes(state.vmState)) throw wrongState(begin.serverId, rule.word, `vm_state ${state.vmState}`);
  const { transition } = state;
  if (transition !== null && !mayInterrupt(begin.action, transition)) {
    throw wrongState(begin.serverId, rule.word, `task_state ${transition.taskState}`);
  }
  const next = { ...state, updatedAtMs: begin.nowMs };
  if (begin.action === 'confirm-resize') {
    const vmState: VmState = state.powerState === powerStates.shutdown ? 'stopped' : 'active';
    return { ...next, vmState, otherFlavor: null };
  }
  return {
    ...next,
    otherFlavor: begin.flavor ?? state.otherFlavor,
    transition: {
      deed: rule.deed,
      taskState: rule.taskState,
      startedAtMs: begin.nowMs,
      doneAtMs: begin.schedule.doneAtMs,
      fault: begin.schedule.fault,
      to: rule.to ?? stateAfter(begin.action, state),
    },
  };
}

/** Where an action without a fixed end leads. */
function stateAfter(action: ServerAction, state: ServerState): VmState {
  if (action === 'rebuild') return state.vmState === 'stopped' ? 'stopped' : 'active';
  if (action === 'revert-resize') return state.powerState === powerStates.shutdown ? 'stopped' : 'active';
  return state.vmState;
}

/** A hard reboot is what one does when a soft one hangs. */
const mayInterrupt = (action: ServerAction, running: Transition): boolean =>
  action === 'hard-reboot' && ['reboot', 'reboot-hard', 'pause', 'suspend'].includes(running.deed);

const wrongState = (serverId: string, word: string, where: string): Refusal =>
  new Refusal('conflict', 'InstanceInvalidState', `Cannot '${word}' instance ${serverId} while it is in ${where}`);

/** For what is refused whatever comes of it. */
export function refuseState(serverId: string, word: string, where: string): never {
  throw wrongState(serverId, word, where);
}

/** Deleting is possible from every state, and again while it is under way (nothing changes then). */
export function beginDelete(state: ServerState, schedule: Schedule, nowMs: number): ServerState {
  if (state.transition?.deed === 'destroy' || state.vmState === 'deleted') return state;
  const next: ServerState = {
    ...state,
    updatedAtMs: nowMs,
    transition: { deed: 'destroy', taskState: 'deleting', startedAtMs: nowMs, doneAtMs: schedule.doneAtMs, fault: null, to: 'deleted' },
  };
  return stateAt(next, nowMs);
}

/** An administrator's `os-resetState`. */
export function resetState(state: ServerState, to: 'active' | 'error', nowMs: number): ServerState {
  return { ...state, vmState: to, transition: null, updatedAtMs: nowMs };
}

const statusOfVmState: Readonly<Record<VmState, string>> = {
  building: 'BUILD',
  active: 'ACTIVE',
  stopped: 'SHUTOFF',
  paused: 'PAUSED',
  suspended: 'SUSPENDED',
  resized: 'VERIFY_RESIZE',
  rescued: 'RESCUE',
  shelved: 'SHELVED',
  shelved_offloaded: 'SHELVED_OFFLOADED',
  error: 'ERROR',
  deleted: 'DELETED',
};
const statusOfTask: Readonly<Record<string, { readonly status: string; readonly from: readonly VmState[] }>> = {
  rebooting: { status: 'REBOOT', from: ['active'] },
  rebooting_hard: { status: 'HARD_REBOOT', from: ['active'] },
  updating_password: { status: 'PASSWORD', from: ['active'] },
  rebuilding: { status: 'REBUILD', from: ['active', 'stopped', 'error'] },
  resize_prep: { status: 'RESIZE', from: ['active', 'stopped'] },
  resize_reverting: { status: 'REVERT_RESIZE', from: ['resized'] },
};

/** The `status` that users see. */
export function statusOf(state: ServerState): string {
  const task = state.transition === null ? undefined : statusOfTask[state.transition.taskState];
  return task?.from.includes(state.vmState) ? task.status : statusOfVmState[state.vmState];
}

/** Nova leaves `progress` out in every other status. */
export const hasProgress = (status: string): boolean =>
  ['ACTIVE', 'BUILD', 'REBUILD', 'RESIZE', 'VERIFY_RESIZE', 'MIGRATING'].includes(status);
