/** Documents of the template generator: data with YAML notations in it, changed by copying, written as JSON data or as YAML or JSON text. */

/** A scalar (or more) in YAML's own notation; as data it is its text. */
export class Notation {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Tree = null | boolean | number | string | Notation | readonly Tree[] | TreeMap;
export interface TreeMap {
  readonly [key: string]: Tree;
}

export const isTreeMap = (tree: Tree | undefined): tree is TreeMap =>
  typeof tree === 'object' && tree !== null && !Array.isArray(tree) && !(tree instanceof Notation);

export type TreePath = readonly (string | number)[];

/** What lies at the path, if anything does. */
export function treeAt(tree: Tree, path: TreePath): Tree | undefined {
  let at: Tree | undefined = tree;
  for (const key of path) {
    if (Array.isArray(at)) at = (at as readonly Tree[])[key as number];
    else if (isTreeMap(at)) at = at[key];
    else return undefined;
  }
  return at;
}

/** A copy with another value at the path (maps on the way are made); undefined takes the key away. */
export function withTree(tree: Tree, path: TreePath, value: Tree | undefined): Tree {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? null;
  if (Array.isArray(tree)) return tree.map((item: Tree, i) => (i === key ? withTree(item, rest, value) : item));
  const map = isTreeMap(tree) ? tree : {};
  const inner = rest.length === 0 ? value : withTree(map[key] ?? {}, rest, value);
  if (inner !== undefined) return { ...map, [key]: inner };
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== String(key)));
}

/** A copy with a key renamed where it stands. */
export function renamed(tree: Tree, path: TreePath, from: string, to: string): Tree {
  const map = treeAt(tree, path);
  if (!isTreeMap(map)) return tree;
  return withTree(tree, path, Object.fromEntries(Object.entries(map).map(([key, value]) => [key === from ? to : key, value])));
}

/** Plain data; notations become their texts. */
export function asData(tree: Tree): unknown {
  if (tree instanceof Notation) return tree.text;
  if (Array.isArray(tree)) return tree.map(asData);
  if (isTreeMap(tree)) return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, asData(value)]));
  return tree;
}

const PLAIN_KEY = /^[A-Za-z][\w]*(?:::\w+)*$/;
const TAKEN = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const keyText = (key: string): string => (PLAIN_KEY.test(key) && !TAKEN.test(key) ? key : JSON.stringify(key));

/** Block style, with everything in quotes that is not a notation. */
export function asYaml(tree: Tree, indent = ''): string {
  if (tree instanceof Notation) return ` ${tree.text.replaceAll('\n', `\n${indent}`)}\n`;
  if (Array.isArray(tree) && tree.length > 0) return `\n${tree.map((item: Tree) => `${indent}-${asYaml(item, `${indent}  `)}`).join('')}`;
  if (isTreeMap(tree) && Object.keys(tree).length > 0) {
    const entries = Object.entries(tree).map(([key, value]) => `${indent}${keyText(key)}:${asYaml(value, `${indent}  `)}`);
    return `\n${entries.join('')}`;
  }
  return ` ${JSON.stringify(tree)}\n`;
}

export const yamlText = (tree: Tree): string => asYaml(tree).trimStart();
