/** Where a template or an environment names files, and the same text with other names in these places. Pure: nothing is read here. */
import { type Document, isMap, isScalar, isSeq, type Node, parseDocument, type Scalar, type YAMLMap } from 'yaml';

export interface Reference {
  /** As written. */
  readonly name: string;
  /** What it is relative to, where the text itself says so; null: the file it stands in. */
  readonly base: string | null;
  /** Characters of the text, from and to. */
  readonly start: number;
  readonly end: number;
  readonly isBlock: boolean;
}

const VERSIONS = ['heat_template_version', 'AWSTemplateFormatVersion', 'HeatTemplateFormatVersion'];

/** Text that is no YAML is left to the server, which says where the error is. */
function parsed(text: string): Document | null {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  return document.errors.length > 0 ? null : document;
}

/** Also the files that are sent along may be templates, which name files in turn. */
export function isTemplate(text: string): boolean {
  const contents = parsed(text)?.contents;
  return isMap(contents) && VERSIONS.some((version) => contents.has(version));
}

/** Every `get_file: NAME`, and every `type: NAME` that is a file, wherever they stand; the walk keeps its own stack. */
export function templateReferences(text: string): readonly Reference[] {
  const found: Reference[] = [];
  const open: unknown[] = [parsed(text)?.contents];
  while (open.length > 0) {
    const next = open.pop();
    if (isSeq(next)) open.push(...next.items);
    if (!isMap(next)) continue;
    for (const { key, value } of next.items) {
      const name = isScalar(key) ? key.value : null;
      if (isText(value) && (name === 'get_file' || (name === 'type' && /\.(yaml|template)$/.test(value.value))))
        found.push(referenceTo(value, null));
      else open.push(value);
    }
  }
  return found;
}

/** The files in `resource_registry`, for all resources and for single ones. */
export function environmentReferences(text: string): readonly Reference[] {
  const contents = parsed(text)?.contents;
  const registry = isMap(contents) ? contents.get('resource_registry', true) : null;
  if (!isMap(registry)) return [];
  const base = baseOf(registry, null);
  const found = registryReferences(registry, base);
  const resources = registry.get('resources', true);
  if (isMap(resources)) {
    for (const { value } of resources.items) if (isMap(value)) found.push(...registryReferences(value, baseOf(value, base)));
  }
  return found;
}

const NOT_FILES = ['base_url', 'hooks', 'restricted_actions'];

function registryReferences(registry: YAMLMap, base: string | null): Reference[] {
  return registry.items.flatMap(({ key, value }) => {
    const isOther = isScalar(key) && NOT_FILES.includes(String(key.value));
    // Names with `::` are types that the server has.
    return isOther || !isText(value) || value.value.includes('::') ? [] : [referenceTo(value, base)];
  });
}

function baseOf(registry: YAMLMap, otherwise: string | null): string | null {
  const base = registry.get('base_url', true) as Node | undefined;
  return isText(base) ? base.value : otherwise;
}

type TextNode = Scalar<string>;
const isText = (node: unknown): node is TextNode => isScalar(node) && typeof node.value === 'string' && node.value !== '';

function referenceTo(node: TextNode, base: string | null): Reference {
  const [start, end] = node.range ?? [0, 0];
  return { name: node.value, base, start, end, isBlock: node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL' };
}

/** Characters of a text, from and to, and what stands there instead. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** In the order of the text. */
export const replacementsFor = (names: ReadonlyMap<Reference, string>): readonly Replacement[] =>
  [...names]
    .map(([{ start, end, isBlock }, name]) => ({ start, end, text: `${JSON.stringify(name)}${isBlock ? '\n' : ''}` }))
    .toSorted((a, b) => a.start - b.start);

/** Only the names are touched: what else the text says, and on which line, stays as the user wrote it. */
export function withNames(text: string, replacements: readonly Replacement[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: instead } of replacements) {
    parts.push(text.slice(at, start), instead);
    at = end;
  }
  return [...parts, text.slice(at)].join('');
}
