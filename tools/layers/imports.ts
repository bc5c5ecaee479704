/** The imports of a source file, with their places. */
import { lineAt, scanSource } from '../source/scan-source.ts';

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Gone at run time. */
  readonly typeOnly: boolean;
}

/** Static imports, re-exports, `import()` with a literal (also in types). */
export function importsOf(source: string): readonly Import[] {
  const { code, literals } = scanSource(source);
  return literals.flatMap(({ at, text }) => {
    const before = code.slice(Math.max(0, at - 2_000), at);
    const found = clauseBefore(before);
    return found === null ? [] : [{ specifier: text, line: lineAt(source, at), typeOnly: found.typeOnly }];
  });
}

/** What stands before the quoted name, when that is an import. */
function clauseBefore(before: string): { readonly typeOnly: boolean } | null {
  const dynamic = /(^|[^.\w$])import\s*\(\s*$/.exec(before);
  if (dynamic !== null) return { typeOnly: /[:<|&=]\s*(typeof\s+)?import\s*\(\s*$/.test(before) && !/=\s*import\s*\(\s*$/.test(before) };
  const clause = /(?:^|[\n;])[ \t]*(import|export)\b([^;'"]*?)(\bfrom)?\s*$/.exec(before);
  if (clause === null) return null;
  const [, keyword, names = '', from] = clause;
  if (from === undefined) return keyword === 'import' && names.trim() === '' ? { typeOnly: false } : null;
  const inner = /\{([^}]*)\}/.exec(names)?.[1];
  const onlyTypes =
    inner !== undefined && !/^\s*\w+\s*,/.test(names) && inner.split(',').every((name) => name.trim() === '' || /^\s*type\s/.test(name));
  return { typeOnly: /^\s*type\b/.test(names) || onlyTypes };
}
