/** Guests that exist only as rows: a deed is done once the clock has passed its time. Deterministic: the same server and deed take equally long. */
import type { ComputeDriver, GuestDeed, GuestSpec, HostCapacity, Schedule, ScheduledGuest } from './driver.ts';

export interface SimulatedDriverOptions {
  /** From the request to ACTIVE. */
  readonly buildDelayMs: number;
  /** Added on top, 0 … this, by a hash of the server's id; 0 gives an exact delay. */
  readonly buildJitterMs: number;
  /** From the request until the server is gone. */
  readonly deleteDelayMs: number;
  /** Of every other deed (stop, reboot, resize …). */
  readonly actionDelayMs: number;
  readonly host?: Partial<HostCapacity>;
  /** A fault for a guest that is to fail, for trials of error handling; default: only what does not fit the host fails. */
  readonly faultOf?: (deed: GuestDeed, guest: ScheduledGuest) => string | null;
}

/** Feels like a small cloud: a server is ACTIVE one to two seconds after the request. */
export const defaultSimulatedOptions: SimulatedDriverOptions = {
  buildDelayMs: 1000,
  buildJitterMs: 1000,
  deleteDelayMs: 500,
  actionDelayMs: 500,
};

export function createSimulatedDriver(options: SimulatedDriverOptions = defaultSimulatedOptions): ComputeDriver {
  const host: HostCapacity = {
    hostname: 'hearth-1',
    hypervisorType: 'simulated',
    vcpus: 1000,
    memoryMb: 1_000_000,
    diskGb: 1_000_000,
    ...options.host,
  };
  return {
    kind: 'simulated',
    host,
    keepsGuests: false,
    readsUserData: false,
    schedule(deed, guest, nowMs): Schedule {
      const fault = options.faultOf?.(deed, guest) ?? misfit(deed, guest, host);
      return { doneAtMs: nowMs + delayOf(deed, guest.serverId, options), fault };
    },
    perform: () => Promise.resolve(),
    consoleLog: (guest, lines, nowMs) => Promise.resolve(lastLines(consoleText(guest, nowMs), lines)),
    adopt: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function delayOf(deed: GuestDeed, serverId: string, options: SimulatedDriverOptions): number {
  switch (deed) {
    case 'spawn':
    case 'rebuild':
    case 'unshelve':
      return options.buildDelayMs + Math.round(fractionOf(serverId) * options.buildJitterMs);
    case 'destroy':
      return options.deleteDelayMs;
    case 'change-password':
    case 'confirm-resize':
    case 'snapshot':
      return 0;
    default:
      return options.actionDelayMs;
  }
}

/** What the scheduler of a real cloud says when nothing is large enough. */
function misfit(deed: GuestDeed, guest: ScheduledGuest, host: HostCapacity): string | null {
  if (deed !== 'spawn' && deed !== 'resize' && deed !== 'unshelve') return null;
  const fits = guest.vcpus <= host.vcpus && guest.memoryMb <= host.memoryMb && guest.diskGb <= host.diskGb;
  return fits ? null : 'No valid host was found. There are not enough hosts available.';
}

/** FNV-1a over the text, as a fraction in [0, 1). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash / 2 ** 32;
}

/** A console that reads like a boot, told from the guest's own data, so that tools which look for a prompt find one. */
function consoleText(guest: GuestSpec, nowMs: number): string {
  if (guest.launchedAtMs === null || nowMs < guest.launchedAtMs) return '';
  const lines = [
    `[    0.000000] simulated guest ${guest.serverId}`,
    `[    0.000000] ${guest.vcpus} vcpus, ${guest.memoryMb} MB memory, ${guest.diskGb} GB disk`,
    ...guest.disks.map((disk) =>
      `[    0.100000] ${disk.deviceName}: ${disk.sizeGb} GB from ${disk.source} ${disk.sourceId ?? ''}`.trimEnd(),
    ),
    ...guest.ports.map((port, i) => `[    0.200000] eth${i}: ${port.macAddress} ${port.addresses.map((a) => a.ip).join(' ')}`.trimEnd()),
    `[    0.400000] key: ${guest.keyName ?? 'none'}`,
    '',
    `${guest.hostname} login: `,
  ];
  return lines.join('\n');
}

function lastLines(text: string, lines: number | null): string {
  if (lines === null) return text;
  return lines <= 0 ? '' : text.split('\n').slice(-lines).join('\n');
}
