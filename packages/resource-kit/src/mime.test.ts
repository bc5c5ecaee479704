/** Documents that are put together come apart as they were; others' documents are read as cloud-init would. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64OfText, textOfBase64 } from './base64.ts';
import { type MimePart, mimeDocument, mimeParts, subtypeOf } from './mime.ts';

const part = (content: string, subtype = 'plain', filename: string | null = null): MimePart => ({ content, subtype, filename });

describe('base64', () => {
  it.each(['', 'a', 'ab', 'abc', 'ünï €', '\u{1f600}'])('%j', (text) => {
    expect(base64OfText(text)).toBe(Buffer.from(text, 'utf8').toString('base64'));
    expect(textOfBase64(base64OfText(text))).toBe(text);
  });
  it('reads bytes that are no UTF-8', () => expect(textOfBase64(Buffer.from([0xe4, 0x41]).toString('base64'))).toBe('äA'));
});

describe('a document', () => {
  it('has headers, parts between boundaries, and an end', () => {
    const text = mimeDocument([part('#!/bin/sh\n', 'x-shellscript', 'run.sh')]);
    const boundary = /boundary="([^"]+)"/.exec(text)?.[1];
    expect(text).toBe(
      [
        `Content-Type: multipart/mixed; boundary="${boundary}"`,
        'MIME-Version: 1.0',
        '',
        `--${boundary}`,
        'Content-Type: text/x-shellscript; charset="us-ascii"',
        'MIME-Version: 1.0',
        'Content-Transfer-Encoding: 7bit',
        'Content-Disposition: attachment; filename="run.sh"',
        '',
        '#!/bin/sh',
        '',
        `--${boundary}--`,
        '',
      ].join('\n'),
    );
  });
  it('comes apart as it was put together', () => {
    const content = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('a\nb\n', '\n', '--x\n', 'Content-Type: text/plain\n\nx'),
    );
    const parts = fc.array(
      fc.record({
        content: content.map((text) => text.replaceAll('\r', '')),
        subtype: fc.constantFrom('plain', 'cloud-config', 'x-cfninitdata'),
        filename: fc.option(fc.constantFrom('a.sh', 'with "quotes"', 'ünï', 'back\\slash')),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(fc.property(parts, (given) => void expect(mimeParts(mimeDocument(given))).toEqual(given)));
  });
  it('is the same for the same parts', () => expect(mimeDocument([part('x')])).toBe(mimeDocument([part('x')])));
  it('flattens documents within it', () => {
    const inner = mimeDocument([part('one', 'a'), part('two', 'b')]);
    const outer = `Content-Type: multipart/mixed; boundary="o"\n\n--o\n${inner}\n--o\nContent-Type: text/c\n\nthree\n--o--\n`;
    expect(mimeParts(outer)?.map(({ content, subtype }) => [subtype, content])).toEqual([
      ['a', 'one'],
      ['b', 'two'],
      ['c', 'three'],
    ]);
  });
  it('of others may be quoted-printable, folded and without an end', () => {
    const text =
      'MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=xx\r\n\r\npreamble\r\n--xx\r\n' +
      'Content-Type: text/x-shellscript; name=run.sh\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\necho =C3=BC=\r\n!\r\n';
    expect(mimeParts(text)).toEqual([part('echo ü!\n', 'x-shellscript', 'run.sh')]);
  });
  it.each(['', '#!/bin/sh\necho', '#cloud-config\na: b', 'Content-Type: text/plain\n\nx', '{"a": 1}'])('%j is none', (text) =>
    expect(mimeParts(text)).toBeNull(),
  );
  it('lets nobody add a header', () => {
    const text = mimeDocument([part('x', 'plain\nX-Bad: 1', 'a"\r\nX-Bad: 1')]);
    expect(text).not.toMatch(/^X-Bad/m);
  });
});

it.each([
  ['cloud-config', 'cloud-config'],
  ['part-handler.py', 'part-handler'],
  ['a.b.sh', 'a.b'],
  ['.profile', '.profile'],
  ['', 'plain'],
  [null, 'plain'],
])('%j says %s', (filename, subtype) => expect(subtypeOf(filename)).toBe(subtype));
