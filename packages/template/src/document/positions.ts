/** Line and column of a path in the text of a document. Made only when an error needs one: it parses the text a second time. */
import type { Path, Position } from '@hearth/kernel';
import { longName } from './tag-names.ts';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair } from 'yaml';

/** A function that finds positions in `text`; the text is parsed at its first call. A path that is not there gives its nearest parent. */
export function lazyPositions(text: string): (path: Path) => Position | null {
  let index: ((path: Path) => Position | null) | null = null;
  return (path) => {
    index ??= positionIndex(text);
    return index(path);
  };
}

function positionIndex(text: string): (path: Path) => Position | null {
  const lines = new LineCounter();
  let root: Node | null = null;
  let resolveAlias: (node: Node) => Node | null = () => null;
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, strict: false, schema: 'failsafe', logLevel: 'silent' });
    root = document.contents;
    resolveAlias = (node) => (isAlias(node) ? (node.resolve(document) ?? null) : node);
  } catch {
    return () => null;
  }
  const at = (offset: number | undefined): Position | null => {
    if (offset === undefined) return null;
    const { line, col } = lines.linePos(offset);
    return line === 0 ? null : { line, column: col };
  };
  return (path) => {
    let node: Node | null = root;
    let place = at(node?.range?.[0]);
    for (const step of path) {
      const container: Node | null = node === null ? null : resolveAlias(node);
      // A short tag stands for a map of one key: the step to that key stays where it is.
      if (container !== null && longName(container.tag) === step) continue;
      if (isMap(container)) {
        const pair = (container.items as Pair<Node, Node | null>[]).findLast(
          (item) => isScalar(item.key) && String(item.key.value) === String(step),
        );
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
