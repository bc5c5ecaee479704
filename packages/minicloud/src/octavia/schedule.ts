/** How long changes of load balancers take and whether they fail: one function, which a control API may replace. */
import type { KindName } from './kinds.ts';

export type BalancerDeed = 'create' | 'update' | 'delete' | 'failover';

/** What a schedule may look at. */
export interface ScheduledBalancer {
  readonly kind: KindName;
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly loadBalancerId: string;
  readonly tags: readonly string[];
}
export interface BalancerSchedule {
  /** When the change is through, milliseconds since 1970. */
  readonly doneAtMs: number;
  /** The object ends in ERROR instead of ACTIVE (or, when it was to be deleted, of being gone). */
  readonly isFailing: boolean;
}
/** Pure: called inside the transaction that begins the change. */
export type BalancerScheduler = (deed: BalancerDeed, object: ScheduledBalancer, nowMs: number) => BalancerSchedule;

export interface BalancerTimes {
  /** From the request until a load balancer is ACTIVE. */
  readonly createDelayMs: number;
  /** From the request until a load balancer is gone. */
  readonly deleteDelayMs: number;
  /** Of every change of what belongs to it, and of a failover. */
  readonly changeDelayMs: number;
}
export const defaultBalancerTimes: BalancerTimes = { createDelayMs: 1_000, deleteDelayMs: 500, changeDelayMs: 300 };

export const fixedSchedule =
  (times: BalancerTimes = defaultBalancerTimes): BalancerScheduler =>
  (deed, object, nowMs) => ({ doneAtMs: nowMs + delayOf(deed, object, times), isFailing: false });

function delayOf(deed: BalancerDeed, { kind }: ScheduledBalancer, times: BalancerTimes): number {
  if (kind !== 'loadbalancer') return times.changeDelayMs;
  if (deed === 'create') return times.createDelayMs;
  return deed === 'delete' ? times.deleteDelayMs : times.changeDelayMs;
}
