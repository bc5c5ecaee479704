/** The stored form of everything a load balancer consists of, and its statuses, which come with the clock. Pure. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import type { Condition } from '../store/conditions.ts';
import type { Document } from '../store/documents.ts';
import type { Kind, KindName } from './kinds.ts';

export type PendingStatus = 'PENDING_CREATE' | 'PENDING_UPDATE' | 'PENDING_DELETE';
export type ProvisioningStatus = PendingStatus | 'ACTIVE' | 'ERROR';

/** Besides what the user set. Times in milliseconds since 1970. */
export interface PartBody extends JsonObject {
  /** Of the whole it belongs to; a load balancer's own id in its own body. */
  readonly loadbalancer_id: string;
  /** Shown until `settles_at_ms`, … */
  readonly pending_status: PendingStatus;
  readonly settles_at_ms: number;
  /** … and this from then on. */
  readonly settled_status: 'ACTIVE' | 'ERROR';
  /** From when on it works; null when its creation failed. */
  readonly online_at_ms: number | null;
  /** From when on it is gone; null: it stays. */
  readonly gone_at_ms: number | null;
  readonly admin_state_up: boolean;
}
export interface BalancerBody extends PartBody {
  readonly vip_address: string;
  readonly vip_port_id: string;
  readonly vip_subnet_id: string;
  readonly vip_network_id: string;
  /** The port was made for it, and goes with it. */
  readonly is_vip_port_own: boolean;
}
export type Part = Document<PartBody>;
export type Balancer = Document<BalancerBody>;

/** What is to be gone is being deleted until then, also for who found it a moment before and shows it now. */
export function statusAt({ body }: { readonly body: Pick<PartBody, StatusField> }, nowMs: number): ProvisioningStatus {
  const isLeaving = body.pending_status === 'PENDING_DELETE' && body.gone_at_ms !== null;
  return isLeaving || nowMs < body.settles_at_ms ? body.pending_status : body.settled_status;
}
type StatusField = 'pending_status' | 'settles_at_ms' | 'settled_status' | 'gone_at_ms';

export const isGone = (part: Part, nowMs: number): boolean => part.body.gone_at_ms !== null && part.body.gone_at_ms <= nowMs;
export const living = (nowMs: number): Condition => ({ not: { field: 'gone_at_ms', atMost: nowMs } });
export const gone = (nowMs: number): Condition => ({ field: 'gone_at_ms', atMost: nowMs });

/** What it does, as far as its health is known; members say NO_MONITOR where nobody looks. */
export function operatingStatus(kind: KindName, part: Part, nowMs: number, isMonitored = false): string {
  if (kind === 'member' && !isMonitored) return 'NO_MONITOR';
  const { online_at_ms: onlineAt, admin_state_up: isUp } = part.body;
  return isUp && onlineAt !== null && onlineAt <= nowMs ? 'ONLINE' : 'OFFLINE';
}

/** Lists filtered by a status need it as a condition. */
export function withStatus(status: string, nowMs: number): Condition {
  const both = (a: Condition, b: Condition): Condition => ({ not: { anyOf: [{ not: a }, { not: b }] } });
  const isSettled: Condition = { field: 'settles_at_ms', atMost: nowMs };
  return {
    anyOf: [
      both({ field: 'settled_status', in: [status] }, isSettled),
      both({ field: 'pending_status', in: [status] }, { not: isSettled }),
    ],
  };
}

/** The fields of a new part that its status needs. */
export const beginning = (loadbalancerId: string, schedule: { readonly doneAtMs: number; readonly isFailing: boolean }) =>
  ({
    loadbalancer_id: loadbalancerId,
    pending_status: 'PENDING_CREATE',
    settles_at_ms: schedule.doneAtMs,
    settled_status: schedule.isFailing ? 'ERROR' : 'ACTIVE',
    online_at_ms: schedule.isFailing ? null : schedule.doneAtMs,
    gone_at_ms: null,
  }) satisfies Partial<PartBody>;

export const missing = (kind: Kind, id: string): Refusal => new Refusal('not-found', 'Client', `${kind.label} ${id} not found.`);
export const immutable = (what: string, id: string): Refusal =>
  new Refusal('conflict', 'Client', `${what} ${id} is immutable and cannot be updated.`);
export const conflict = (message: string): Refusal => new Refusal('conflict', 'Client', message);

export const textOf = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);
