/** Places in what was sent, found again in what the user wrote: also behind names of files that became long addresses. */
import { expect, test } from 'vitest';
import { replacementsFor, templateReferences, withNames } from './file-references.ts';
import { SourceText } from './source-text.ts';

const TEXT = `heat_template_version: 2018-08-31
resources:
  a: { type: a.yaml, properties: { x: 1 } }
  b:
    type: |
      b.yaml
    properties: { y: 2 }
`;

function sentAs(text: string): { readonly sent: string; readonly source: SourceText } {
  const names = new Map(templateReferences(text).map((reference) => [reference, `file:///somewhere/far/away/${reference.name.trim()}`]));
  const replacements = replacementsFor(names);
  return { sent: withNames(text, replacements), source: new SourceText('t.yaml', text, replacements) };
}

function placeOf(text: string, word: string): { readonly line: number; readonly column: number } {
  const at = text.indexOf(word);
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

test.each(['heat_template_version', 'a: {', 'properties: { x', 'x: 1', '  b:', 'properties: { y', 'y: 2'])('%s', (word) => {
  const { sent, source } = sentAs(TEXT);
  const found = source.at(placeOf(sent, word));
  expect(found.position).toEqual(placeOf(TEXT, word));
  expect(found.line).toBe(TEXT.split('\n')[found.position.line - 1]);
});

test('what was put in stands where the name began', () => {
  const { sent, source } = sentAs(TEXT);
  expect(source.at(placeOf(sent, 'far/away/a.yaml')).position).toEqual(placeOf(TEXT, 'a.yaml'));
});

test('a place behind the end is the end', () => {
  const { source } = sentAs('a: 1\n');
  expect(source.at({ line: 9, column: 9 })).toEqual({ position: { line: 2, column: 1 }, line: '' });
});
