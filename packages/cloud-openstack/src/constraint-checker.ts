/**
 * Judges values by named constraints: local rules at once, services' objects by looking them up with the caller's own token. Answers are kept
 * for a minute per caller (good ones only, so that what was just made is found).
 */
import { digestOfSecret, Failure, type Json, type Secret, type Timers } from '@hearth/kernel';
import { BoundedCache } from './bounded-cache.ts';
import type { CallerClouds } from './caller-clouds.ts';
import type { Cloud } from './cloud.ts';
import type { LookUp, Verdict } from './constraints/look-up.ts';
import { PLAIN_LOOK_UPS } from './constraints/plain-look-ups.ts';
import { TYPED_LOOK_UPS } from './constraints/typed-look-ups.ts';
import { localConstraintProblem } from './local-constraints.ts';

export interface ConstraintCheckerOptions {
  readonly timers: Timers;
  readonly clouds: CallerClouds;
  /** Constraints that others know how to judge; null for one that they do not know. */
  readonly otherLookUp?: (constraint: string) => ((cloud: Cloud, value: string) => Promise<string | null>) | null;
}
export interface Question {
  readonly constraint: string;
  readonly value: Json;
}
export interface ConstraintChecker {
  /**
   * One answer per question, in order: null when the value is fine, else what is wrong. A name that nobody knows is never fine.
   * Throws a `Failure` when a service cannot be asked.
   */
  check(caller: { readonly token: Secret }, questions: readonly Question[]): Promise<readonly (string | null)[]>;
}

const LOOK_UPS: Readonly<Record<string, LookUp>> = { ...TYPED_LOOK_UPS, ...PLAIN_LOOK_UPS };

const KEPT_MS = 60_000;
const KEPT_ANSWERS = 10_000;

export function createConstraintChecker({ timers, clouds, otherLookUp }: ConstraintCheckerOptions): ConstraintChecker {
  const answers = new BoundedCache<Verdict>(timers, KEPT_ANSWERS, (problem) => (problem === null ? KEPT_MS : 0));

  function lookUpFor(constraint: string): LookUp | null {
    if (Object.hasOwn(LOOK_UPS, constraint)) return LOOK_UPS[constraint] as LookUp;
    const other = otherLookUp?.(constraint) ?? null;
    return other === null ? null : ({ cloud }, value) => other(cloud, value);
  }

  async function answer(token: Secret, who: string, { constraint, value }: Question): Promise<string | null> {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    const local = localConstraintProblem(constraint, value, timers.now());
    if (local !== undefined) return said(local, shown);
    const lookUp = lookUpFor(constraint);
    if (lookUp === null) return `"${shown}" does not validate ${constraint} (constraint not found)`;
    if (typeof value !== 'string') return `"${shown}" does not validate ${constraint}`;
    const verdict = await answers.get(`${who} ${constraint} ${value}`, () => refused(async () => lookUp(await clouds(token), value)));
    return said(verdict, shown);
  }

  return {
    async check(caller, questions) {
      const who = digestOfSecret(caller.token);
      const results: (string | null)[] = [];
      // A few at a time: a template may hold thousands, mostly equal ones, which are asked once.
      const AT_ONCE = 16;
      for (let i = 0; i < questions.length; i += AT_ONCE) {
        results.push(...(await Promise.all(questions.slice(i, i + AT_ONCE).map((question) => answer(caller.token, who, question)))));
      }
      return results;
    },
  };
}

const said = (verdict: Verdict, shown: string): string | null => {
  if (verdict === null) return null;
  return typeof verdict === 'string' ? `Error validating value '${shown}': ${verdict}` : verdict.bare;
};

/** What the service says against the value itself is an answer, and so is that there is no such service; that it cannot be asked is not. */
const ANSWERS: ReadonlySet<string> = new Set(['invalid', 'not-found', 'forbidden', 'configuration']);
async function refused(look: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure && ANSWERS.has(error.code)) return error.message;
    throw error;
  }
}
