/** What services are given so that behaviours steer how long things take and whether they fail: their own schedules, wrapped. */
import type { StorageDeed, StorageSchedule } from '../cinder/schedule.ts';
import type { ComputeDriver, GuestDeed } from '../drivers/driver.ts';
import type { BalancerScheduler } from '../octavia/schedule.ts';

export interface Steering {
  guests(driver: ComputeDriver): ComputeDriver;
  storage(schedule: StorageSchedule): StorageSchedule;
  balancers(schedule: BalancerScheduler): BalancerScheduler;
}

/** A change of an object that is about to begin. */
export interface Beginning {
  readonly service: 'compute' | 'block-storage' | 'load-balancer';
  readonly deed: string;
  /** Something is made that can be used afterwards; else it is a transition of what there is. */
  readonly isBuild: boolean;
  readonly projectId: string;
  readonly name: string;
}

/** What behaviours say about it; null: nothing. */
export interface Steered {
  readonly seconds: number | null;
  readonly fault: string | null;
}
export type Steer = (beginning: Beginning) => Steered;

const GUEST_BUILDS: readonly GuestDeed[] = ['spawn', 'rebuild', 'unshelve'];
const STORAGE_BUILDS: readonly StorageDeed[] = ['create', 'snapshot', 'backup'];

export const steeringBy = (steer: Steer): Steering => ({
  guests: (driver) => steeredDriver(driver, steer),
  storage: (schedule) => (deed, object, nowMs) => {
    const { projectId, name } = object;
    const { seconds, fault } = steer({ service: 'block-storage', deed, isBuild: STORAGE_BUILDS.includes(deed), projectId, name });
    const planned = schedule(deed, object, nowMs);
    return { doneAtMs: seconds === null ? planned.doneAtMs : nowMs + seconds * 1000, fault: fault ?? planned.fault };
  },
  balancers: (schedule) => (deed, object, nowMs) => {
    const { projectId, name } = object;
    const { seconds, fault } = steer({ service: 'load-balancer', deed, isBuild: deed === 'create', projectId, name });
    const planned = schedule(deed, object, nowMs);
    return { doneAtMs: seconds === null ? planned.doneAtMs : nowMs + seconds * 1000, isFailing: fault !== null || planned.isFailing };
  },
});

/** Guests that really run take the time they take: only what a driver knows beforehand is steered. */
const steeredDriver = (driver: ComputeDriver, steer: Steer): ComputeDriver => ({
  kind: driver.kind,
  get host() {
    return driver.host;
  },
  keepsGuests: driver.keepsGuests,
  readsUserData: driver.readsUserData,
  schedule(deed, guest, nowMs) {
    const planned = driver.schedule(deed, guest, nowMs);
    if (planned.doneAtMs === null) return planned;
    const { projectId, name } = guest;
    const { seconds, fault } = steer({ service: 'compute', deed, isBuild: GUEST_BUILDS.includes(deed), projectId, name });
    return { doneAtMs: seconds === null ? planned.doneAtMs : nowMs + seconds * 1000, fault: fault ?? planned.fault };
  },
  perform: (deed, guest, reports) => driver.perform(deed, guest, reports),
  consoleLog: (guest, lines, nowMs) => driver.consoleLog(guest, lines, nowMs),
  adopt: (guests, reports) => driver.adopt(guests, reports),
  close: () => driver.close(),
});
