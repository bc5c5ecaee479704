/** Documents of texts that several ask for: read once while they are in use. */
import { keptWhileUsed } from './kept-while-used.ts';
import { loadDocument, type LoadedDocument } from './load-document.ts';

export const sharedDocument: (text: string) => LoadedDocument = keptWhileUsed((text) => loadDocument(text));
