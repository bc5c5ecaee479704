/** Line and column of a path in the text of a document. Made only when an error needs one: it parses the text a second time. */
import type { Path, Position } from '@hearth/kernel';
import { parseLeniently } from './parse-leniently.ts';
import { longName } from './tag-names.ts';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';

/** A function that finds positions in `text`; the text is parsed at its first call. A path that is not there gives its nearest parent. */
export function lazyPositions(text: string): (path: Path) => Position | null {
  let index: ((path: Path) => Position | null) | null = null;
  return (path) => {
    index ??= positionIndex(text);
    return index(path);
  };
}

/** A document for its places: nodes of the text as it was given. */
export interface PlacedDocument {
  readonly document: ReturnType<typeof parseDocument>;
  /** 1-based; null: outside. */
  at(offset: number | undefined): Position | null;
}

/** Null for a text that cannot be read at all. */
export function placedDocument(text: string): PlacedDocument | null {
  const padded = readable(text);
  const lines = new LineCounter();
  try {
    const document = parseDocument(padded, {
      lineCounter: lines,
      uniqueKeys: false,
      strict: false,
      schema: 'failsafe',
      logLevel: 'silent',
    });
    // Lines that were indented for the parser stand further to the left in what was given.
    const added = padded === text ? [] : additions(text, padded);
    return {
      document,
      at(offset) {
        if (offset === undefined) return null;
        const { line, col } = lines.linePos(offset);
        return line === 0 ? null : { line, column: Math.max(1, col - (added[line - 1] ?? 0)) };
      },
    };
  } catch {
    return null;
  }
}

function readable(text: string): string {
  try {
    return parseLeniently(text).text;
  } catch {
    return text;
  }
}

function additions(text: string, padded: string): readonly number[] {
  const given = text.split('\n');
  return padded.split('\n').map((line, i) => line.length - (given[i] ?? '').length);
}

function positionIndex(text: string): (path: Path) => Position | null {
  const placed = placedDocument(text);
  if (placed === null) return () => null;
  const { document, at } = placed;
  const root = document.contents as Node | null;
  const resolveAlias = (node: Node): Node | null => (isAlias(node) ? (node.resolve(document) ?? null) : node);
  const indices = new Map<Node, ReadonlyMap<string, Pair<Node, Node | null>>>();
  // Large maps are asked again and again. Of keys that stand twice the last counts.
  const pairsOf = (map: YAMLMap): ReadonlyMap<string, Pair<Node, Node | null>> => {
    const known = indices.get(map);
    if (known !== undefined) return known;
    const items = map.items as Pair<Node, Node | null>[];
    const pairs = new Map(items.flatMap((item) => (isScalar(item.key) ? [[String(item.key.value), item] as const] : [])));
    indices.set(map, pairs);
    return pairs;
  };
  return (path) => {
    let node: Node | null = root;
    let place = at(node?.range?.[0]);
    for (const step of path) {
      const container: Node | null = node === null ? null : resolveAlias(node);
      // A short tag stands for a map of one key: the step to that key stays where it is.
      if (container !== null && longName(container.tag) === step) continue;
      if (isMap(container)) {
        const pair = pairsOf(container).get(String(step));
        if (pair === undefined) break;
        place = at(pair.key.range?.[0]) ?? place;
        node = pair.value;
      } else if (isSeq(container)) {
        const item = container.items[Number(step)] as Node | undefined;
        if (item === undefined) break;
        place = at(item.range?.[0]) ?? place;
        node = item;
      } else break;
    }
    return place;
  };
}
