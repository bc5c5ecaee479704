/** Which files and templates a template names: types of resources at any depth, and arguments of `get_file`. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';

export interface NamedType {
  /** The resource that has the type, or in whose properties it stands (groups, chains). */
  readonly resource: string;
  readonly isOwn: boolean;
  readonly type: string;
  /** As they are written beside the type. */
  readonly properties: Json;
  readonly path: Path;
}
export interface NamedFile {
  readonly name: string;
  readonly path: Path;
}
export interface NamedThings {
  readonly types: readonly NamedType[];
  readonly files: readonly NamedFile[];
}

/** Names that functions compute are not seen; whoever needs those sends the files along. */
export function namedIn(template: JsonObject): NamedThings {
  const types: NamedType[] = [];
  const files: NamedFile[] = [];
  walk(template, [], (key, value, way) => {
    if (key === 'get_file' && typeof value === 'string') files.push({ name: value, path: pathOf(way) });
  });
  for (const [section, typeKey, propertiesKey] of SPELLINGS) {
    const resources = template[section];
    for (const [resource, definition] of Object.entries(isJsonObject(resources) ? resources : {})) {
      if (!isJsonObject(definition)) continue;
      const path = [section, resource];
      const type = definition[typeKey];
      const properties = definition[propertiesKey] ?? null;
      if (typeof type === 'string') types.push({ resource, isOwn: true, type, properties, path: [...path, typeKey] });
      walk(properties, [...path, propertiesKey], (key, value, way, beside) => {
        // Members of groups have `type`, those of chains stand in a list.
        const named = key === 'type' || key === 'Type' ? [value] : key === 'resources' && isJsonArray(value) ? value : [];
        const given = beside['properties'] ?? beside['Properties'] ?? beside['resource_properties'] ?? null;
        for (const one of named)
          if (typeof one === 'string') types.push({ resource, isOwn: false, type: one, properties: given, path: pathOf(way) });
      });
    }
  }
  return { types, files };
}

const SPELLINGS = [
  ['resources', 'type', 'properties'],
  ['Resources', 'Type', 'Properties'],
] as const;

/** How the walk came to a place: a path only where somebody asks, for most places are passed by. */
interface Way {
  readonly from: Way | Path;
  readonly key: string;
}
function pathOf(way: Way): Path {
  const keys: string[] = [];
  let at: Way | Path = way;
  for (; 'key' in at; at = at.from) keys.push(at.key);
  return [...at, ...keys.reverse()];
}

/** `see` is told the map that the key stands in, too. */
function walk(root: Json, base: Path, see: (key: string, value: Json, way: Way, beside: JsonObject) => void): void {
  const open: { readonly value: Json; readonly from: Way | Path }[] = [{ value: root, from: base }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, from } = next;
    if (isJsonArray(value)) for (const [index, item] of value.entries()) open.push({ value: item, from: { from, key: String(index) } });
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        const way = { from, key };
        see(key, item, way, value);
        if (typeof item === 'object') open.push({ value: item, from: way });
      }
    }
  }
}
