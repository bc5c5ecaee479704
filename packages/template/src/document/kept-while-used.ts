/** What is made of a text, made once while it is in use: a template that stands for a thousand resources is one text. */

/** As many files as one request can bring. */
const MOST_KEPT = 1_000;

/** Kept for as long as anybody holds what was made. */
export function keptWhileUsed<T extends object>(make: (text: string) => T): (text: string) => T {
  const kept = new Map<string, WeakRef<T>>();
  return (text) => {
    const known = kept.get(text)?.deref();
    if (known !== undefined) return known;
    const oldest = kept.size < MOST_KEPT ? undefined : kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
    const made = make(text);
    kept.set(text, new WeakRef(made));
    return made;
  };
}
