/** How answers to requests to validate are compared and explained; that the document has the table; that a seed repeats its requests. */
import { describe, expect, it } from 'vitest';
import { keepSection } from './kept-section.ts';
import { differenceOf, errorLine, groupedLines, judgeTemplates } from './templates-compare.ts';
import { explainedSection, explainedTemplates } from './templates-explained.ts';
import { generatedCases } from './templates-generator.ts';
import { knownTypes } from './templates-look.ts';
import { Notation, withTree, yamlText } from './templates-tree.ts';

const one = { name: '1:1', kind: 'circle', detail: 'first → first' };
const accepted = (body: unknown) => ({ status: 200, body });
const refused = (status: number, type: string, message: string) => ({ status, body: { error: { type, message } } });

describe('two answers', () => {
  it('are the same whatever the order of keys, and whatever refusals say', () => {
    expect(differenceOf(one, accepted({ a: 1, b: { c: 2, d: 3 } }), accepted({ b: { d: 3, c: 2 }, a: 1 }))).toBeNull();
    expect(differenceOf(one, refused(400, 'A', 'x'), refused(400, 'B', 'y'))).toBeNull();
  });
  it('differ in their status, or at paths', () => {
    expect(differenceOf(one, refused(500, 'A', 'x'), refused(400, 'B', 'y'))?.at).toEqual([]);
    expect(differenceOf(one, accepted({ a: { b: 1 }, c: [1] }), accepted({ a: { b: 2 }, c: [1] }))?.at).toEqual([
      { path: 'a.b', heat: 1, ours: 2 },
    ]);
    expect(differenceOf(one, accepted({}), accepted({ a: 1 }))?.at).toEqual([{ path: 'a', heat: undefined, ours: 1 }]);
  });
  it('are told by the first line of an error', () => {
    expect(errorLine(refused(400, 'A', 'what it is\n- where it is'))).toBe('what it is');
    expect(errorLine(accepted(null))).toBe('');
  });
});

describe('differences', () => {
  const circle = differenceOf(one, refused(500, 'RemoteError', ''), refused(400, 'X', 'Circular Dependency Found: a → a'));
  const strange = differenceOf(one, accepted({}), refused(400, 'X', 'something else'));
  const found = [circle, strange].flatMap((difference) => difference ?? []);
  it('are explained by the table, or not', () => {
    const { explained, unexplained } = judgeTemplates(found, explainedTemplates);
    expect([...explained.values()]).toEqual([[circle]]);
    expect(unexplained).toEqual([strange]);
  });
  it('with one cause are one line', () => {
    expect(groupedLines([...found, ...found]).map((line) => line.split('\n')[0])).toEqual([
      '2 × Heat 500 RemoteError | ours 400 X Circular Dependency Found: a → a',
      '2 × Heat 200 | ours 400 X something else',
    ]);
  });
  it('that both refuse or both accept alike are no business of the table', () => {
    for (const { holds, what } of explainedTemplates) {
      const same = { ...one, heat: accepted({ a: 1 }), ours: accepted({ a: 2 }), at: [{ path: 'a', heat: 1, ours: 2 }] };
      expect([what, holds(same)]).toEqual([what, false]);
    }
  });
});

it('docs/compatibility.md has the table', () => {
  expect(keepSection('templates', explainedSection(), false)).toEqual({ current: true });
});

describe('the generator', () => {
  const made = (seed: string) => [...generatedCases(seed, 40, knownTypes())];
  it('repeats itself for the same seed, and not for another', () => {
    expect(made('a')).toEqual(made('a'));
    expect(made('a').map(({ body }) => body)).not.toEqual(made('b').map(({ body }) => body));
  });
  it('writes YAML with notations as they are', () => {
    const tree = withTree({ a: { b: [1, 'yes'] } }, ['a', 'c'], new Notation('0777'));
    expect(yamlText(tree)).toBe('a:\n  b:\n    - 1\n    - "yes"\n  c: 0777\n');
  });
});
