/** Expressions against results taken from the reference (yaql 2.0 with the options Heat gives it), one row an expression, and the names it knows. */
import { readFileSync } from 'node:fs';
import { isJsonArray, type Json } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { evaluateYaql, parseYaql } from './evaluate.ts';
import { standardLibrary } from './standard-library.ts';

interface Vector {
  readonly expression: string;
  readonly data?: string;
  readonly result?: Json;
  /** The order of the result is that of hashes in the reference. */
  readonly unordered?: true;
  readonly refused?: 'syntax' | 'evaluation' | 'limit';
}
interface Vectors {
  readonly data: Readonly<Record<string, Json>>;
  readonly vectors: readonly Vector[];
}

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../../testdata/yaql/${name}.json`, import.meta.url), 'utf8')) as T;

const sorted = (value: Json | undefined): Json | undefined =>
  value !== undefined && isJsonArray(value) ? [...value].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value;

function outcome(expression: string, data: Json): Pick<Vector, 'refused' | 'result'> {
  const parsed = parseYaql(expression);
  if (parsed.failure !== null) return { refused: 'syntax' };
  const evaluated = evaluateYaql(parsed.expression, data);
  if (evaluated.failure !== null) return { refused: evaluated.failure.fault === 'limit' ? 'limit' : 'evaluation' };
  return { result: evaluated.value };
}

describe.each(['functions', 'language', 'published', 'random'])('%s', (name) => {
  const { data, vectors } = read<Vectors>(name);
  test('there are vectors', () => expect(vectors.length).toBeGreaterThan(50));
  test.each(vectors.map((vector) => [vector.expression, vector] as const))('%s', (_name, vector) => {
    const got = outcome(vector.expression, vector.data === undefined ? {} : (data[vector.data] as Json));
    if (vector.refused !== undefined) expect(got).toEqual({ refused: vector.refused });
    else if (vector.unordered === true) expect(sorted(got.result)).toEqual(sorted(vector.result));
    // As text, so that the order of keys counts too.
    else expect(JSON.stringify(got)).toBe(JSON.stringify({ result: vector.result }));
  });
});

describe('names', () => {
  const { names } = read<{ names: Readonly<Record<string, 'function' | 'method' | 'both'>> }>('names');
  // How results are written out is no function here.
  const inner: ReadonlySet<string> = new Set(['#finalize', '#iter']);
  const expected = Object.entries(names).filter(([name]) => !inner.has(name));
  test.each(expected)('%s is known as %s', (name, use) => {
    expect(standardLibrary.functions.has(name)).toBe(use !== 'method');
    expect(standardLibrary.methods.has(name)).toBe(use !== 'function');
  });
  test('and there are no others', () => {
    const known = new Set([...standardLibrary.functions.keys(), ...standardLibrary.methods.keys()]);
    expect([...known].sort()).toEqual(expected.map(([name]) => name).sort());
  });
});
