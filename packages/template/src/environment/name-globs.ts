/** Shell patterns for names of resources: `*`, `?`, `[abc]`, `[!a-z]`, upper and lower case told apart, as Python's `fnmatch` has them. */

/** The whole name must match. A step for each character of the name times that of the pattern at most. */
export function matchesGlob(pattern: string, name: string): boolean {
  const tokens = tokensOf(pattern);
  const chars = [...name];
  let token = 0;
  let char = 0;
  /** Where to go on when a run of `*` has to take one character more. */
  let star = -1;
  let starChar = 0;
  while (char < chars.length) {
    const wanted = tokens[token];
    if (wanted === '*') {
      star = token;
      starChar = char;
      token += 1;
    } else if (wanted !== undefined && wanted.takes(chars[char] as string)) {
      token += 1;
      char += 1;
    } else if (star >= 0) {
      token = star + 1;
      starChar += 1;
      char = starChar;
    } else return false;
  }
  while (tokens[token] === '*') token += 1;
  return token === tokens.length;
}

interface OneCharacter {
  takes(char: string): boolean;
}

function tokensOf(pattern: string): readonly ('*' | OneCharacter)[] {
  const chars = [...pattern];
  const tokens: ('*' | OneCharacter)[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (char === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (char === '?') tokens.push({ takes: () => true });
    else {
      const end = char === '[' ? endOfSet(chars, at) : -1;
      if (end < 0) tokens.push({ takes: (other) => other === char });
      else {
        tokens.push(setOf(chars.slice(at + 1, end)));
        at = end;
      }
    }
  }
  return tokens;
}

/** A `]` that comes first belongs to the set; a set without an end is plain text. */
function endOfSet(chars: readonly string[], start: number): number {
  const first = chars[start + 1] === '!' ? start + 2 : start + 1;
  return chars.indexOf(']', first + 1);
}

function setOf(inside: readonly string[]): OneCharacter {
  const isNot = inside[0] === '!';
  const chars = isNot ? inside.slice(1) : inside;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < chars.length; at++) {
    const low = chars[at] as string;
    const high = chars[at + 1] === '-' ? chars[at + 2] : undefined;
    ranges.push([low, high ?? low]);
    if (high !== undefined) at += 2;
  }
  return { takes: (char) => ranges.some(([low, high]) => low <= char && char <= high) !== isNot };
}
