/** Bounds on what a document, a definition and a resolved value may cost; each is checked before the work it bounds. */
import { MAX_JSON_DEPTH } from '@hearth/kernel';

/** Characters of template or environment text, as Heat's `max_template_size`. */
export const MAX_DOCUMENT_TEXT = 512 * 1024;
/** Nesting of lists and maps, aliases followed. */
export const MAX_DOCUMENT_DEPTH = MAX_JSON_DEPTH;
/** `*alias` uses in one document. */
export const MAX_DOCUMENT_ALIASES = 10_000;
/** How much larger than its text a document may be, counted in nodes plus scalar characters, once every alias is written out. */
export const EXPANSION = 8;
/** The same for a text as long as is allowed. */
export const MAX_DOCUMENT_EXPANDED = EXPANSION * MAX_DOCUMENT_TEXT;
/** Keys copied by merge keys (`<<`) in one document. */
export const MAX_MERGED_KEYS = 50_000;
/** Characters and elements that the functions of one resolution (one resource, one output) may produce. */
export const MAX_PRODUCED = 16 * 1024 * 1024;
/** The same of all resolutions of one request together, nested stacks included. */
export const MAX_PRODUCED_IN_ALL = 4 * MAX_PRODUCED;
/** Steps that matching values with patterns may take, of all values of one request together. */
export const MAX_PATTERN_STEPS = 20_000_000;
/** Characters read again because of lines indented too little inside brackets or quotes. */
export const MAX_REREAD = 8 * MAX_DOCUMENT_TEXT;
/** Errors reported about one document; the rest are counted, not listed. */
export const MAX_DIAGNOSTICS = 200;
