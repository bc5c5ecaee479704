/** What the text of a document says otherwise than it seems: keys that stand twice, and numbers that look like times or file modes. */
import type { Diagnostic, Path, Position } from '@hearth/kernel';
import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { loadDocument } from '../document/load-document.ts';
import { placedDocument } from '../document/positions.ts';

const MOST = 50;

interface Open {
  readonly node: unknown;
  readonly path: Path;
}

/** Nothing for a text that cannot be read: that is told elsewhere. */
export function lintText(text: string): readonly Diagnostic[] {
  const placed = placedDocument(text);
  if (placed === null || placed.document.errors.length > 0) return [];
  const { document, at } = placed;
  const found: Diagnostic[] = [];
  const positionOf = (node: Node): Position => at(node.range?.[0]) ?? { line: 1, column: 1 };
  const warn = (code: string, message: string, path: Path, node: Node, hint: string): void => {
    const position = positionOf(node);
    found.push({ severity: 'warning', type: 'StackValidationFailed', code, message, path, position, hint });
  };
  const open: Open[] = [{ node: document.contents, path: [] }];
  for (let next = open.pop(); next !== undefined && found.length < MOST; next = open.pop()) {
    const { node, path } = next;
    if (isSeq(node)) node.items.forEach((item, i) => void open.push({ node: item, path: [...path, i] }));
    else if (isMap(node)) {
      const first = new Map<string, Node>();
      for (const { key, value } of node.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const earlier = first.get(name);
        if (earlier === undefined || name === '<<') first.set(name, key);
        else {
          const message = `the key "${name}" stands twice in this map: what it has on line ${positionOf(earlier).line} is ignored`;
          warn('duplicate-key', message, [...path, name], key, 'keep one of them');
        }
        open.push({ node: value, path: [...path, name] });
      }
    } else if (isScalar(node) && path.length > 1) {
      const number = surprisingNumber(node);
      if (number === null) continue;
      const message = `${String(node.value)} is read as the number ${number}`;
      warn('surprising-number', message, path, node, `put it in quotes: "${String(node.value)}"`);
    }
  }
  return found;
}

/** Base 60 and base 8, as YAML 1.1 has them. */
const SURPRISING = /^[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|0[0-7_]*[1-7][0-7_]*)$/;

function surprisingNumber(scalar: Scalar): string | null {
  if (scalar.type !== 'PLAIN' || typeof scalar.value !== 'string' || !SURPRISING.test(scalar.value)) return null;
  const { value } = loadDocument(`- ${scalar.value}`);
  const [number] = Array.isArray(value) ? value : [];
  // One digit is the same in all bases.
  return typeof number === 'number' && String(number) !== scalar.value.replace(/^0+/, '') ? String(number) : null;
}
