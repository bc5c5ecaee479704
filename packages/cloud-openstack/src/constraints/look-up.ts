/** A look-up: whether a service has what a value names, and the words for when it has not. */
import type { CallerCloud } from '../caller-clouds.ts';

/** Null: it is there. A text: why the value is wrong. `bare`: the same, said without naming the value first. */
export type Verdict = string | null | { readonly bare: string };
export type LookUp = (caller: CallerCloud, value: string) => Promise<Verdict>;

export const notThere = (what: string, value: string): string => `The ${what} (${value}) could not be found.`;
