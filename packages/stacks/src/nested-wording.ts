/**
 * How a problem inside a nested stack is told: at its own place where the stack comes from a file, else at what of the resource it was made from;
 * and in Heat's words with the way down to it (`resources.web<server.yaml>.resources.port`, `resources.group<nested_stack>.resources[0]`).
 */
import { isJsonArray, isJsonObject, pathText, type Diagnostic, type Json, type Path } from '@hearth/kernel';
import type { Definition } from '@hearth/template';

export interface NestedPlace {
  /** Of the resource. */
  readonly path: Path;
  /** What the resource stands in. */
  readonly above: Definition;
  /** The template's file; null for members of a group. */
  readonly file: string | null;
}

const PROPERTY = 'Property error: : ';
/** What Heat says of a whole template or type without saying where. */
const PLACELESS = new Set(['unsupported-version', 'unknown-version', 'missing-version']);

export const toldAbove = (one: Diagnostic, place: NestedPlace): Diagnostic => ({
  ...toldInPlace(one, place),
  // Names that lead nowhere are faults of the whole.
  type: one.type === 'InvalidTemplateReference' ? 'StackValidationFailed' : one.type,
  message: messageAbove(one, place.path, place.file),
});

/** With the message as it is. */
export function toldInPlace(one: Diagnostic, { path, above, file }: NestedPlace): Diagnostic {
  if (one.file != null) return one;
  const parameter = parameterOf(one);
  if (file === null) return placed(one, memberPath(path, one.path, above), above);
  if (parameter !== null) return placed(one, [...path, above.keys.properties, parameter], above);
  return { ...one, file };
}

const placed = (one: Diagnostic, path: Path, above: Definition): Diagnostic => ({ ...one, path, position: above.positionOf(path) });

const VALUE_CODES = new Set(['invalid-parameter', 'missing-parameter', 'custom-constraint', 'unknown-parameter']);

/** A value for a parameter is a property of the resource. */
function parameterOf({ path, code }: Diagnostic): string | null {
  const [section, name] = path;
  const isValue = path.length === 2 && (section === 'parameters' || section === 'Parameters') && VALUE_CODES.has(code);
  return isValue ? String(name) : null;
}

/** Where a group says what its members are. */
const MEMBERS = ['resource_def', 'resource', 'LaunchConfigurationName'];

/** From a path in the template of a group's members to that of what they are made from. */
function memberPath(path: Path, inner: Path, above: Definition): Path {
  const [section, , ...rest] = inner;
  if (section !== 'resources') return path;
  const base = [...path, above.keys.properties];
  for (const key of MEMBERS) {
    const at = [...base, key];
    if (isJsonObject(written(above, at))) return [...at, ...rest];
  }
  if (rest[0] === 'properties' && written(above, [...base, 'resource_properties']) !== null)
    return [...base, 'resource_properties', ...rest.slice(1)];
  return path;
}

function written(definition: Definition, path: Path): Json {
  let value: Json = definition.raw;
  for (const step of path) {
    if (isJsonArray(value)) value = value[Number(step)] ?? null;
    else if (isJsonObject(value) && Object.hasOwn(value, String(step))) value = value[String(step)] ?? null;
    else return null;
  }
  return value;
}

function messageAbove({ message, code, type, path: inner, file: own }: Diagnostic, path: Path, file: string | null): string {
  // A value for a parameter is a property of the resource.
  if (file !== null && own == null && inner[0] === 'parameters' && inner.length === 2) {
    const reason = message.replace(/^Parameter '.*?' is invalid: /s, '');
    if (reason !== message) return `${PROPERTY}${pathText([...path, 'properties', inner[1] as string])}: : ${reason}`;
  }
  if (type === 'InvalidTemplateVersion' || PLACELESS.has(code)) return message;
  const place = `${pathText(path)}<${file ?? 'nested_stack'}>`;
  const isProperty = message.startsWith(PROPERTY);
  const said = isProperty ? message.slice(PROPERTY.length) : message;
  const numbered = file === null ? said.replace(/^resources\.(\d+)\b/, 'resources[$1]') : said;
  if (isProperty) return `${PROPERTY}${place}.${numbered}`;
  if (numbered.startsWith('resources.') || numbered.startsWith('outputs.')) return `${place}.${numbered}`;
  return file === null ? numbered : `${place}: : ${numbered}`;
}
