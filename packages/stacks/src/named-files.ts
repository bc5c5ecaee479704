/** Which files and templates a template names: types of resources at any depth, and arguments of `get_file`. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';

export interface NamedType {
  /** The resource that has the type, or in whose properties it stands (groups, chains). */
  readonly resource: string;
  readonly isOwn: boolean;
  readonly type: string;
  readonly path: Path;
}
export interface NamedFile {
  readonly name: string;
  readonly path: Path;
}
/** A template that a resource names in its properties. */
export interface NamedTemplate {
  readonly resource: string;
  readonly url: string;
  readonly path: Path;
}
export interface NamedThings {
  readonly types: readonly NamedType[];
  readonly templates: readonly NamedTemplate[];
  readonly files: readonly NamedFile[];
}

/** Names that functions compute are not seen; whoever needs those sends the files along. */
export function namedIn(template: JsonObject): NamedThings {
  const types: NamedType[] = [];
  const templates: NamedTemplate[] = [];
  const files: NamedFile[] = [];
  walk(template, [], (key, value, path) => {
    if (key === 'get_file' && typeof value === 'string') files.push({ name: value, path });
  });
  for (const [section, typeKey, propertiesKey] of SPELLINGS) {
    const resources = template[section];
    for (const [resource, definition] of Object.entries(isJsonObject(resources) ? resources : {})) {
      if (!isJsonObject(definition)) continue;
      const path = [section, resource];
      const type = definition[typeKey];
      if (typeof type === 'string') types.push({ resource, isOwn: true, type, path: [...path, typeKey] });
      walk(definition[propertiesKey] ?? null, [...path, propertiesKey], (key, value, inner) => {
        if (key === 'TemplateURL' && typeof value === 'string') templates.push({ resource, url: value, path: inner });
        // Members of groups have `type`, those of chains stand in a list.
        const named = key === 'type' || key === 'Type' ? [value] : key === 'resources' && isJsonArray(value) ? value : [];
        for (const one of named) if (typeof one === 'string') types.push({ resource, isOwn: false, type: one, path: inner });
      });
    }
  }
  return { types, templates, files };
}

const SPELLINGS = [
  ['resources', 'type', 'properties'],
  ['Resources', 'Type', 'Properties'],
] as const;

function walk(root: Json, base: Path, see: (key: string, value: Json, path: Path) => void): void {
  const open: { readonly value: Json; readonly path: Path }[] = [{ value: root, path: base }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (isJsonArray(value)) for (const [index, item] of value.entries()) open.push({ value: item, path: [...path, String(index)] });
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        const inner = [...path, key];
        see(key, item, inner);
        open.push({ value: item, path: inner });
      }
    }
  }
}
