/** The same text read once while its document is in use: a template that stands for a thousand resources is one text. */
import { loadDocument, type LoadedDocument } from './load-document.ts';

/** Kept for as long as anybody holds the document. */
const kept = new Map<string, WeakRef<LoadedDocument>>();
/** As many files as one request can bring. */
const MOST_KEPT = 1_000;

export function sharedDocument(text: string): LoadedDocument {
  const known = kept.get(text)?.deref();
  if (known !== undefined) return known;
  const oldest = kept.size < MOST_KEPT ? undefined : kept.keys().next().value;
  if (oldest !== undefined) kept.delete(oldest);
  const loaded = loadDocument(text);
  kept.set(text, new WeakRef(loaded));
  return loaded;
}
