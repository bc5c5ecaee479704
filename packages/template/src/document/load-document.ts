/** Text or data in, a bounded JSON value out: JSON first, then YAML as Heat's loader reads it. Nothing is thrown; what is wrong is a diagnostic. */
import { isJsonArray, isJsonObject, messageOf, type Diagnostic, type Json, type Path, type Position } from '@hearth/kernel';
import { constructFromEvents, EVENT_ID, getScalarValue, SCALAR_STYLE, YAMLException, type Event, type ScalarEvent } from 'js-yaml';
import { EXPANSION, MAX_DOCUMENT_ALIASES, MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_TEXT, MAX_MERGED_KEYS } from './limits.ts';
import { parseLeniently } from './parse-leniently.ts';
import { lazyPositions } from './positions.ts';
import { schemaFor } from './short-tags.ts';
import { syntaxAdvice, type SyntaxAdvice } from './syntax-advice.ts';
import { checkDigits, exactInteger, MERGE_KEY, VALUE_KEY } from './yaml-schema.ts';

export interface LoadedDocument {
  /** Null when it could not be read (then there is an error among the diagnostics). An empty text gives `{}`. */
  readonly value: Json;
  readonly positions: (path: Path) => Position | null;
  /** Elements and characters with every alias written out; 0 when it could not be read. */
  readonly size: number;
  readonly diagnostics: readonly Diagnostic[];
}

const noPositions = (): null => null;

/**
 * Integers beyond 2^53 in text become strings of their digits (exact where they end in text). `1.0` becomes the number 1: JavaScript has one
 * kind of number, so it renders as `1` where Heat renders `1.0`. Keys are strings, as JSON writes them. Errors are of type `HTTPBadRequest`,
 * as Heat refuses a body it cannot read. `maxText`: characters of the text; data may be as large as a text of that length can become.
 */
export function loadDocument(source: string | Json, maxText = MAX_DOCUMENT_TEXT): LoadedDocument {
  const maxExpanded = EXPANSION * maxText;
  if (typeof source !== 'string') return loadData(source, maxExpanded);
  if (source.length > maxText) {
    return failed('document-too-large', `the text has ${source.length} characters, more than the ${maxText} allowed`, null);
  }
  const positions = lazyPositions(source);
  const json = tryJson(source);
  if (json !== undefined) {
    const { size, problem } = measured(json, maxExpanded);
    return problem === null ? { value: json, positions, size, diagnostics: [] } : failed(problem.code, problem.message, null);
  }
  try {
    return { ...loadYaml(source, maxExpanded), positions, diagnostics: [] };
  } catch (error) {
    if (error instanceof TooMuch) {
      const position = positionAt(source, error.offset);
      return failed(error.code, error.message, position, syntaxAdvice(source, error.message, position));
    }
    if (error instanceof YAMLException) {
      const mark = error.mark;
      const position = mark === undefined ? null : within(source, { line: mark.line + 1, column: mark.column + 1 });
      const code = error.reason.includes('maxDepth') ? 'document-too-deep' : 'invalid-yaml';
      return failed(code, `the text is neither JSON nor YAML: ${error.reason}`, position, syntaxAdvice(source, error.reason, position));
    }
    return failed('invalid-yaml', `the text is neither JSON nor YAML: ${messageOf(error)}`, null);
  }
}

function loadData(value: Json, maxExpanded: number): LoadedDocument {
  const { size, problem } = measured(value, maxExpanded);
  return problem === null ? { value, positions: noPositions, size, diagnostics: [] } : failed(problem.code, problem.message, null);
}

function failed(code: string, message: string, position: Position | null, advice: SyntaxAdvice | null = null): LoadedDocument {
  const place = advice === null ? { position, hint: null } : advice;
  return {
    value: null,
    positions: noPositions,
    size: 0,
    diagnostics: [{ severity: 'error', type: 'HTTPBadRequest', code, message, path: [], ...place }],
  };
}

/** Lines may have been padded for the parser, and it may stop behind the last character. */
function within(text: string, { line, column }: Position): Position {
  const lines = text.split('\n');
  const last = Math.min(line, lines.length);
  return { line: last, column: last < line ? 1 : Math.min(column, (lines[last - 1] as string).length + 1) };
}

function positionAt(text: string, offset: number | null): Position | null {
  if (offset === null || offset < 0) return null;
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** What JSON.parse tells a reviver about where a value came from (ES2025); absent on older engines. */
type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;
const keepBigIntegers: Reviver = (_key, value, context) => {
  if (typeof value !== 'number' || context?.source === undefined || !/^-?\d{16,}$/.test(context.source)) return value;
  checkDigits(context.source);
  return exactInteger(BigInt(context.source));
};

/** Undefined when the text is no JSON. */
function tryJson(text: string): Json | undefined {
  if (!/^\s*[[{"\-\dtfn]/.test(text)) return undefined;
  try {
    return (/\d{16}/.test(text) ? JSON.parse(text, keepBigIntegers as (key: string, value: unknown) => unknown) : JSON.parse(text)) as Json;
  } catch {
    return undefined;
  }
}

const TOO_DEEP = `lists and maps are nested more than ${MAX_DOCUMENT_DEPTH} deep`;

/** Depth and size of data, found level by level without recursion. */
function measured(value: Json, max: number): { readonly size: number; readonly problem: { code: string; message: string } | null } {
  let size = 0;
  let containers: Json[] = [];
  let inside: Json[] = [];
  const count = (item: Json): void => {
    size += typeof item === 'string' ? item.length + 1 : 1;
    if (item !== null && typeof item === 'object') inside.push(item);
  };
  count(value);
  for (let depth = 0; inside.length > 0; depth++) {
    if (depth >= MAX_DOCUMENT_DEPTH) return { size, problem: { code: 'document-too-deep', message: TOO_DEEP } };
    [containers, inside] = [inside, []];
    for (const container of containers) {
      if (isJsonArray(container)) for (const item of container) count(item);
      else if (isJsonObject(container)) {
        for (const key in container) {
          size += key.length;
          count(container[key] as Json);
        }
      }
      if (size > max) {
        const message = `the document is larger than the ${max} elements and characters allowed`;
        return { size, problem: { code: 'document-too-large', message } };
      }
    }
  }
  return { size, problem: null };
}

/** A bound was exceeded while reading; `offset` is into the text. */
class TooMuch extends Error {
  readonly code: string;
  readonly offset: number | null;
  constructor(code: string, message: string, offset: number | null) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

function loadYaml(source: string, maxExpanded: number): { readonly value: Json; readonly size: number } {
  const { text, events } = parseLeniently(source);
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
  if (documents === 0) return { value: {}, size: 1 };
  if (documents > 1) throw new TooMuch('invalid-yaml', 'the text holds several YAML documents; one is expected', null);
  const size = checkEvents(text, events, maxExpanded);
  const { schema, hasShortTags } = schemaFor(text, events);
  const [value] = constructFromEvents(events, {
    source: text,
    schema,
    json: true,
    maxTotalMergeKeys: MAX_MERGED_KEYS,
    maxAliases: MAX_DOCUMENT_ALIASES,
  });
  // A short tag is one map more than what was counted.
  const problem = hasShortTags ? measured(value as Json, maxExpanded).problem : null;
  if (problem !== null) throw new TooMuch(problem.code, problem.message, null);
  return { value: (value === undefined || value === null ? {} : value) as Json, size };
}

interface Measured {
  size: number;
  depth: number;
  open: boolean;
  /** Of a map: the next thing in it is a key. */
  awaitsKey?: boolean;
}

/** Adds up what the document is once aliases are written out, before anything is built, and gives it. Size and depth of each anchor are kept for its aliases. */
function checkEvents(text: string, events: readonly Event[], maxExpanded: number): number {
  const anchors = new Map<string, Measured>();
  const open: Measured[] = [];
  let whole = 1;
  const add = (size: number, depth: number, offset: number): void => {
    const parent = open.at(-1);
    if (parent !== undefined) {
      parent.size += size;
      parent.depth = Math.max(parent.depth, depth + 1);
      if (parent.awaitsKey !== undefined) parent.awaitsKey = !parent.awaitsKey;
    }
    if (open.length - 1 + depth > MAX_DOCUMENT_DEPTH) {
      throw new TooMuch('document-too-deep', TOO_DEEP, offset);
    }
    if ((parent?.size ?? size) > maxExpanded) {
      throw new TooMuch(
        'document-too-large',
        `with its aliases written out the document is larger than the ${maxExpanded} allowed`,
        offset,
      );
    }
  };
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        open.push({ size: 0, depth: 0, open: true });
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const measured: Measured = { size: 1, depth: 0, open: true, ...(event.type === EVENT_ID.MAPPING && { awaitsKey: true }) };
        if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), measured);
        if (open.length > MAX_DOCUMENT_DEPTH) {
          throw new TooMuch('document-too-deep', TOO_DEEP, event.start);
        }
        open.push(measured);
        break;
      }
      case EVENT_ID.SCALAR: {
        // A tag that says nothing leaves a plain scalar what it is.
        if (event.style === SCALAR_STYLE.PLAIN && text.slice(event.tagStart, event.tagEnd) === '!') event.tagStart = -1;
        checkScalar(text, event, open.at(-1)?.awaitsKey === true);
        const size = 1 + Math.max(0, event.valueEnd - event.valueStart);
        if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), { size, depth: 0, open: false });
        add(size, 0, event.valueStart);
        break;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        const target = anchors.get(name);
        if (target?.open) throw new TooMuch('recursive-alias', `the alias *${name} stands inside what it refers to`, event.anchorStart);
        add(target?.size ?? 1, target?.depth ?? 0, event.anchorStart);
        break;
      }
      case EVENT_ID.POP: {
        const closed = open.pop();
        if (closed !== undefined) {
          closed.open = false;
          whole = closed.size;
          if (open.length > 0) add(closed.size, closed.depth, -1);
        }
        break;
      }
    }
  }
  return whole;
}

/** Two plain words that YAML 1.1 gives a tag, but PyYAML's safe loader no value. */
function checkScalar(text: string, event: ScalarEvent, isKey: boolean): void {
  if (event.style !== SCALAR_STYLE.PLAIN || event.tagStart >= 0 || event.valueEnd - event.valueStart > MERGE_KEY.length) return;
  const value = getScalarValue(text, event);
  if (value === VALUE_KEY || (value === MERGE_KEY && !isKey)) {
    throw new TooMuch('invalid-yaml', `a plain "${value}" has no value in YAML 1.1; write it in quotes`, event.valueStart);
  }
}
