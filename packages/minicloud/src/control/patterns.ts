/** Patterns of names and paths: `*` stands for any run of characters, everything else for itself. Pure. */

export const MAX_PATTERN_LENGTH = 200;

/** Whether the whole text fits. Never goes back further than the last `*`, so that no pattern is slow. */
export function fitsPattern(pattern: string, text: string): boolean {
  let [at, read] = [0, 0];
  let star: { readonly at: number; read: number } | null = null;
  while (read < text.length) {
    if (pattern[at] === '*') {
      star = { at, read };
      at++;
    } else if (pattern[at] === text[read]) {
      at++;
      read++;
    } else if (star !== null) {
      star.read++;
      at = star.at + 1;
      read = star.read;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
