/** Random documents of every kind, by a seed: how many were fine, what is wrong with the others, and what the most costly one has cost. */
import fc from 'fast-check';
import { cfnTrees } from './cfn.ts';
import { environments } from './environments.ts';
import { hotTrees } from './hot.ts';
import type { Counters, Kind } from './kind.ts';
import { patterns } from './patterns.ts';
import { bytes, jsonTexts, yamlTrees } from './texts.ts';
import { yaqlExpressions, yaqlTexts } from './yaql.ts';

export interface KindReport {
  readonly kind: string;
  readonly passed: number;
  readonly failed: number;
  /** Sums over all documents of what counts as one or none each, and the largest of all else. */
  readonly counters: Counters;
  readonly ms: number;
  readonly slowestMs: number;
  /** Of what went wrong first: why, and the smallest document with which it does. */
  readonly failure: { readonly seed: number; readonly reason: string; readonly document: string } | null;
}

/** A kind of which the documents are whatever its arbitrary makes. */
type AnyKind = { readonly name: string; readonly share: number; fuzz(count: number, seed: number): KindReport };

const any = <T>(kind: Kind<T>): AnyKind => ({ name: kind.name, share: kind.share, fuzz: (count, seed) => fuzzKind(kind, count, seed) });

export const KINDS: readonly AnyKind[] = [
  any(bytes),
  any(yamlTrees),
  any(jsonTexts),
  any(hotTrees),
  any(cfnTrees),
  any(yaqlExpressions),
  any(yaqlTexts),
  any(patterns),
  any(environments),
];

const HIGHEST = new Set(['produced', 'pattern steps', 'size', 'merged size']);

function fuzzKind<T>(kind: Kind<T>, count: number, seed: number): KindReport {
  const counters: Record<string, number> = {};
  let slowestMs = 0;
  let passed = 0;
  const begun = performance.now();
  const property = fc.property(kind.arbitrary, (document) => {
    const started = performance.now();
    const seen = kind.run(document);
    slowestMs = Math.max(slowestMs, performance.now() - started);
    passed++;
    for (const [name, value] of Object.entries(seen))
      counters[name] = HIGHEST.has(name) ? Math.max(counters[name] ?? 0, value) : (counters[name] ?? 0) + value;
  });
  const { failed, counterexample, errorInstance } = fc.check(property, { numRuns: count, seed });
  const reason = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return {
    kind: kind.name,
    passed: failed ? Math.min(passed, count - 1) : count,
    failed: failed ? 1 : 0,
    counters,
    ms: performance.now() - begun,
    slowestMs,
    failure: failed ? { seed, reason, document: JSON.stringify(counterexample?.[0] ?? null) } : null,
  };
}
