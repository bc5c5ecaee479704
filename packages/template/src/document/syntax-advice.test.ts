/** What is said of texts that are no YAML: the place of the mistake, not that of the parser's last character, and its usual cause. */
import { describe, expect, test } from 'vitest';
import { loadDocument } from './load-document.ts';

const CFN = 'AWSTemplateFormatVersion: 2010-09-09\nResources:\n  a:\n';

describe('the usual causes of syntax errors', () => {
  test.each([
    ['a tab', 'a:\n\tb: 1\n', 2, 1, 'no tabs'],
    ['a tab after blanks', 'a:\n  b:\n  \tc: 1\n', 3, 3, 'no tabs'],
    ['no space after a colon, told on the next line', 'r:\n  type:X\n  properties: {}\n', 2, 7, '"type: X"'],
    ['no space after the last colon', 'r:\n  a: 1\n  type:X\n', 3, 7, '"type: X"'],
    ['a value with %', 'a:\n  b: %index%\n', 2, 6, '"%index%"'],
    ['a value with @', 'a:\n  b: @x\n', 2, 6, '"@x"'],
    ['a value with a backtick', 'a:\n  - `x`\n', 2, 5, '"`x`"'],
    ['an open quote, noticed lines below', 'a:\n  b: "foo\n  c: 1\nd: "x"\n', 2, 6, 'not closed'],
    ['a quote open to the end', "a:\n  b: 'x\n  c: 1\n", 2, 6, 'not closed'],
    ['an apostrophe in single quotes', "a:\n  b: 'it's'\n", 2, 6, "twice: ''"],
    ['an escape that is none', 'a: "\\d"\n', 1, null, 'single quotes'],
    ['a brace that stays open', 'a:\n  b: {c: d\ne: 1\n', 3, null, '"}" for the "{" of line 2'],
    ['a missing comma', 'a: {b: 1 c: 2}\n', 1, null, 'comma'],
    ['double braces', 'a: {{ x }}\n', 1, 4, 'put it in quotes'],
    ['double braces, noticed below', 'a: {{ x }\nb: 1\n', 1, 4, 'put it in quotes'],
    ['indented too much', 'a:\n  b: 1\n   c: 2\n', 3, 4, 'indented by 3'],
    ['indented too little', 'a:\n   b: 1\n  c: 2\n', 3, 3, 'indented by 2'],
    ['a key after items', 'a:\n  - b\n  c: d\n', 3, 3, 'item of a list'],
    ['a colon inside', 'description: this: that\n', 1, 14, '": "'],
    ['a key without its colon', 'a: 1\nresources\nb: 2\n', 2, 1, '"resources:"'],
    ['an alias to nothing', 'a: *foo\n', 1, 4, 'anchor'],
    ['an anchor without a name', 'a: & b\n', 1, 4, 'anchor'],
    ['a short tag in HOT', 'heat_template_version: 2018-08-31\na: !Ref x\n', 2, 4, 'CloudFormation'],
    ['a misspelt short tag', `${CFN}    Type: !GetAt x\n`, 4, 11, '"!GetAtt"'],
    ['a short tag in lower case', `${CFN}    Type: !ref x\n`, 4, 11, '"!Ref"'],
    ['a second document', 'a: 1\n---\nb: 2\n', 2, 1, 'second document'],
  ])('%s', (_name, text, line, column, hint) => {
    const [one] = loadDocument(text).diagnostics;
    expect(one).toMatchObject({ code: 'invalid-yaml', hint: expect.stringContaining(hint) });
    expect(one?.position?.line).toBe(line);
    if (column !== null) expect(one?.position?.column).toBe(column);
  });

  test('no guess where nothing is known', () => expect(loadDocument('a: \u0007\n').diagnostics).toMatchObject([{ hint: null }]));
});
