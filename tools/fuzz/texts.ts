/** Random texts: bytes, YAML, JSON; read as documents, templates and environments. */
import { canonicalJson } from '@hearth/kernel';
import { loadDocument, parseEnvironment } from '@hearth/template';
import { MAX_DOCUMENT_EXPANDED } from '@hearth/template/testing';
import fc from 'fast-check';
import { hold, runTemplate, type Counters, type Kind } from './kind.ts';

function runText(text: string): Counters {
  const { value, size, diagnostics } = loadDocument(text);
  hold(size <= MAX_DOCUMENT_EXPANDED, `the document has ${size} elements and characters`);
  hold(value !== null || diagnostics.length > 0 || /^\s*null\s*$/.test(text), 'neither a value nor a diagnostic');
  if (value !== null) hold(canonicalJson(value).length <= 8 * MAX_DOCUMENT_EXPANDED, 'the document is larger than it was counted');
  parseEnvironment(text);
  const counters = runTemplate(text, { parameters: {}, strict: true, attribute: null });
  return { ...counters, documents: diagnostics.length === 0 ? 1 : 0, size };
}

const HEADS = ['', '', 'heat_template_version: 2021-04-16\n', 'AWSTemplateFormatVersion: 2010-09-09\n', 'parameters:\n', '---\n', '{'];
const headed = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...HEADS), text).map((parts) => parts.join(''));

export const bytes: Kind<string> = {
  name: 'bytes',
  share: 10,
  arbitrary: headed(
    fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array).toString('latin1')),
      fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array).toString('utf8')),
      fc.string({ unit: 'binary', maxLength: 60 }),
    ),
  ),
  run: runText,
};

const SCALARS = [
  ...[
    'a',
    'yes',
    'No',
    '~',
    '0777',
    '0o17',
    '0x1F',
    '1_000',
    '22:22',
    '1e3',
    '1.0e+3',
    '.inf',
    '.nan',
    '2001-01-01',
    '=',
    '<<',
    '- ',
    '"q"',
  ],
  ...[
    "'s'",
    '!!binary YQ==',
    '!!binary ?',
    '!!int x',
    '!!set {a}',
    '!!omap [{a: 1}]',
    '!!str 5',
    '!Ref p',
    '!GetAtt a.b',
    '!Sub x',
    '!x y',
    '',
  ],
  ...[
    '99999999999999999999',
    '-0',
    '|\n  text\n',
    '>-\n  text\n',
    '*a',
    '*b',
    'get_param',
    'p',
    '%',
    '@',
    '`',
    '# c',
    '&a x',
    '? k',
    ': v',
  ],
];
const KEYS = [
  'a',
  '"b"',
  '1',
  'true',
  '~',
  '<<',
  '? c',
  '&k d',
  'get_param',
  'Ref',
  'if',
  'type',
  'resources',
  'outputs',
  '__proto__',
  '[x]',
];
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(...SCALARS),
    fc.array(tie('tree'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('tree')), { maxLength: 4 })
      .map((entries) => `{${entries.map((entry) => entry.join(': ')).join(', ')}}`),
    fc.tuple(fc.constantFrom('&a ', '&b ', '!!map ', '!!seq ', '!Join ', '!!pairs '), tie('tree')).map((parts) => parts.join('')),
  ),
}));
const { block } = fc.letrec<{ block: string }>((tie) => ({
  block: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tree.map((text) => ` ${text}\n`),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('block')), { minLength: 1, maxLength: 3 })
      .map((entries) => indented(entries.map(([key, inner]) => `${key}:${inner}`))),
    fc.array(tie('block'), { minLength: 1, maxLength: 3 }).map((items) => indented(items.map((inner) => `-${inner}`))),
  ),
}));
const indented = (lines: readonly string[]): string => `\n${lines.join('').replace(/^/gm, '  ').replace(/ +$/, '')}`;

export const yamlTrees: Kind<string> = {
  name: 'YAML trees',
  share: 15,
  arbitrary: headed(
    fc.oneof(
      tree,
      fc
        .array(fc.tuple(fc.constantFrom('a', 'resources', 'outputs', 'parameters', 'x', '<<'), block), { maxLength: 4 })
        .map((entries) => entries.map(([key, inner]) => `${key}:${inner}`).join('')),
    ),
  ),
  run: runText,
};

const json = fc.oneof(
  fc.json({ maxDepth: 6 }),
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify({ heat_template_version: '2021-04-16', outputs: { o: { value } } })),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify({ heat_template_version: '2021-04-16', resources: value })),
  fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(40)).map(([text, at]) => text.slice(0, at) + text.slice(at + 1)),
  fc.bigInt().map((number) => `{"a": ${number}}`),
);
export const jsonTexts: Kind<string> = { name: 'JSON', share: 10, arbitrary: json as fc.Arbitrary<string>, run: runText };
