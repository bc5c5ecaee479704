/**
 * What runs guests. The compute service decides states and writes them down; a driver says when a deed will be done
 * (`schedule`, before the commit) and does it (`perform`, after the commit). The simulated driver only knows times; one
 * that runs real guests answers `doneAtMs: null` and reports each outcome when it knows it.
 */

/** A deed of a driver; each is one transition of the server's state machine. */
export type GuestDeed =
  | 'spawn'
  | 'destroy'
  | 'start'
  | 'stop'
  | 'reboot'
  | 'reboot-hard'
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
  | 'rescue'
  | 'unrescue'
  | 'shelve'
  | 'shelve-offload'
  | 'unshelve';

/** One network interface, in the guest's order. Addresses are strings without prefix; `mtu` in bytes. */
export interface GuestPort {
  readonly portId: string;
  readonly networkId: string;
  readonly macAddress: string;
  readonly addresses: readonly { readonly ip: string; readonly subnetId: string }[];
}

/** One disk: the root disk made from an image, or a volume. `bootIndex` -1: not booted from. */
export interface GuestDisk {
  readonly bootIndex: number;
  readonly source: 'image' | 'volume' | 'snapshot' | 'blank';
  readonly sourceId: string | null;
  readonly volumeId: string | null;
  readonly sizeGb: number;
  readonly deviceName: string;
}

/** Everything a guest is made of, as it must survive a restart of the driver. */
export interface GuestSpec {
  readonly serverId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string;
  readonly hostname: string;
  readonly imageId: string | null;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  /** Base64 as the user gave it, at most 65535 characters; null: none. */
  readonly userData: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly keyName: string | null;
  readonly publicKey: string | null;
  readonly configDrive: boolean;
  readonly ports: readonly GuestPort[];
  readonly disks: readonly GuestDisk[];
  /** When the current boot began, milliseconds since 1970; null: never. */
  readonly launchedAtMs: number | null;
}

/** What one deed will take: `doneAtMs: null` means that the driver reports the end itself. */
export interface Schedule {
  readonly doneAtMs: number | null;
  /** A sentence that ends up as the server's fault: the deed will fail at `doneAtMs`. */
  readonly fault: string | null;
}

/** How a driver that runs real guests tells the end of a deed; a report for a deed that is no longer current is dropped. */
export interface GuestReports {
  settled(serverId: string, deed: GuestDeed, fault: string | null): Promise<void>;
}

/** The one host a driver stands for. */
export interface HostCapacity {
  readonly hostname: string;
  readonly hypervisorType: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

export interface ComputeDriver {
  readonly kind: string;
  readonly host: HostCapacity;
  /** True: guests live outside the database, so `adopt` is called at every start. */
  readonly keepsGuests: boolean;
  /** False: `GuestSpec.userData` is always null, which spares reading it. */
  readonly readsUserData: boolean;
  /** Pure: called inside the transaction that begins the deed. */
  schedule(deed: GuestDeed, guest: ScheduledGuest, nowMs: number): Schedule;
  /** Called after that transaction has committed; must be repeatable. */
  perform(deed: GuestDeed, guest: GuestSpec, reports: GuestReports): Promise<void>;
  /** The last `lines` lines of the console, or all of it when null. */
  consoleLog(guest: GuestSpec, lines: number | null, nowMs: number): Promise<string>;
  /**
   * At start: every guest that should exist; what is missing is begun again, what nobody wants is removed. Deeds whose end the driver
   * was to report are performed anew right after it.
   */
  adopt(guests: readonly GuestSpec[], reports: GuestReports): Promise<void>;
  close(): Promise<void>;
}

/** The part of a guest that scheduling may look at. */
export type ScheduledGuest = Pick<GuestSpec, 'serverId' | 'projectId' | 'name' | 'vcpus' | 'memoryMb' | 'diskGb' | 'metadata'>;
