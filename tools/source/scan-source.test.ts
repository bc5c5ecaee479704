/** Telling code from text. */
import { describe, expect, it } from 'vitest';
import { lineAt, scanSource } from './scan-source.ts';

const code = (source: string): string => scanSource(source).code.replaceAll(/\s+/g, ' ').trim();

describe('scanning', () => {
  it.each([
    ['comments', 'a; // b\n/* c */ d;', 'a; d;'],
    ['strings', `f('x // y', "z")`, 'f( , )'],
    ['escaped quotes', `f('it\\'s', g)`, 'f( , g)'],
    ['template text, not its expressions', 'f(`a ${g(`b ${h}`)} c`)', 'f( g( h ) )'],
    ['braces in template expressions', 'f(`${{ a: 1 }.a}`); b', 'f( { a: 1 }.a ); b'],
    ['patterns', 'x.replace(/["`]/g, y)', 'x.replace( g, y)'],
    ['divisions', 'a / b / c', 'a / b / c'],
    ['a slash in a class of a pattern', 'test(/[/"]/, b)', 'test( , b)'],
    ['a first line for the shell', '#!/usr/bin/env node\na', 'a'],
  ])('blanks %s', (_name, source, expected) => {
    expect(code(source)).toBe(expected);
  });

  it('keeps every offset', () => {
    const source = 'const a = `x\n${b}` + "c"; // d\n/e/.test(f)';
    expect(scanSource(source).code).toHaveLength(source.length);
    expect(scanSource(source).code.split('\n')).toHaveLength(3);
  });

  it('gives the literals with their places', () => {
    const source = 'f("a",\n`select ${x} from y`)';
    const { literals } = scanSource(source);
    expect(literals.map((literal) => literal.text)).toEqual(['a', 'select \u0000 from y']);
    expect(literals.map((literal) => lineAt(source, literal.at))).toEqual([1, 2]);
  });
});
