/** Behaviours as data: what a request or an object must be like, and what the cloud then does. Pure: matching, and the draw of a chance. */
import type { JsonObject } from '@hearth/kernel';
import { fitsPattern } from './patterns.ts';
import type { CloudService } from './service-names.ts';

export type Effect =
  /** How long it takes until what is made can be used. */
  | { readonly kind: 'buildSeconds'; readonly seconds: number }
  /** How long every other change takes, deletion too. */
  | { readonly kind: 'transitionSeconds'; readonly seconds: number }
  /** What is made ends in error. */
  | { readonly kind: 'errorAfterBuild'; readonly message: string }
  | { readonly kind: 'refuse'; readonly status: number; readonly message: string; readonly retryAfterSeconds: number | null }
  /** Acts, then cuts the connection. */
  | { readonly kind: 'loseReply' }
  /** Waits before it acts. */
  | { readonly kind: 'delaySeconds'; readonly seconds: number }
  | { readonly kind: 'throttle'; readonly perSecond: number };

export type EffectKind = Effect['kind'];

/** Those that steer how objects come about; the others steer answers. */
export const SCHEDULE_EFFECTS: readonly EffectKind[] = ['buildSeconds', 'transitionSeconds', 'errorAfterBuild'];

/** All that are not null must hold. */
export type Criteria = {
  readonly service: CloudService | null;
  readonly method: string | null;
  /** A pattern of the path, with the service's prefix or without it. */
  readonly path: string | null;
  readonly projectId: string | null;
  /** A pattern of the object's name. */
  readonly name: string | null;
};

export interface Behaviour {
  readonly id: string;
  readonly criteria: Criteria;
  /** How often it applies; null: always. */
  readonly times: number | null;
  /** 0 … 1: how likely it applies where it could. */
  readonly chance: number;
  readonly seed: number;
  readonly effect: Effect;
  /** How often it has applied; counted where `times` is given. */
  readonly used: number;
  readonly createdMs: number;
}

/** The part that is stored as a document's body. */
export type BehaviourBody = JsonObject & Pick<Behaviour, 'criteria' | 'times' | 'chance' | 'seed' | 'effect' | 'used'>;

/** What criteria are held against. */
export interface Occasion {
  readonly service: CloudService;
  /** Null: not known, as of an object that another service's request leads to. */
  readonly method: string | null;
  /** The ways in which the path may be written; none: not known. */
  readonly paths: readonly string[];
  readonly projectId: string | null;
  readonly names: readonly string[];
}

export function fits(criteria: Criteria, occasion: Occasion): boolean {
  const { service, method, path, projectId, name } = criteria;
  // Whoever means every service does not mean the one that lets them in.
  if (service === null ? occasion.service === 'identity' : service !== occasion.service) return false;
  if (method !== null && method !== occasion.method) return false;
  if (path !== null && !occasion.paths.some((one) => fitsPattern(path, one))) return false;
  if (projectId !== null && projectId !== occasion.projectId) return false;
  return name === null || occasion.names.some((one) => fitsPattern(name, one));
}

export const isSpent = ({ times, used }: Pick<Behaviour, 'times' | 'used'>): boolean => times !== null && used >= times;

/** The nth number of a seeded sequence, uniform in [0, 1): the same seed decides the same way again. */
export function drawn(seed: number, nth: number): number {
  let mixed = (seed + Math.imul(nth + 1, 0x6d2b79f5)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
