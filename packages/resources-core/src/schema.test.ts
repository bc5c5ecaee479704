/** Our schemas against the recorded facts: no differences. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { schemaDifferences, type TypeFacts } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { coreTypes as allTypes } from './index.ts';

/** A hidden type is our own: nothing is recorded of it. */
const coreTypes = allTypes.filter((type) => type.support.status !== 'HIDDEN');

const factsOf = (name: string): TypeFacts =>
  JSON.parse(
    readFileSync(fileURLToPath(new URL(`../../../testdata/resource-types/${name.replaceAll('::', '.')}.json`, import.meta.url)), 'utf8'),
  ) as TypeFacts;

describe('schemas', () => {
  it('there are types to compare', () => expect(coreTypes.length).toBeGreaterThanOrEqual(4));
  it.each(coreTypes.map((type) => type.name))('%s is as recorded', (name) => {
    const type = coreTypes.find((candidate) => candidate.name === name);
    expect(type && schemaDifferences(type, factsOf(name))).toEqual([]);
  });
  it('notices a difference', () => {
    const [type] = coreTypes;
    if (type === undefined) throw new Error('no types');
    const facts = factsOf(type.name);
    expect(schemaDifferences(type, { ...facts, attributes: { ...facts.attributes, extra: null } })).toHaveLength(1);
  });
});
