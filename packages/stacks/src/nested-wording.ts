/**
 * How a problem inside a nested stack is told at the resource that the stack stands for: with the way down to it, as Heat writes it
 * (`resources.web<server.yaml>.resources.port`, `resources.group<nested_stack>.resources[0]`).
 */
import { pathText, type Diagnostic, type Path, type Position } from '@hearth/kernel';

export interface NestedPlace {
  /** Of the resource. */
  readonly path: Path;
  readonly position: Position | null;
  /** The template's file; null for members of a group. */
  readonly file: string | null;
}

const PROPERTY = 'Property error: : ';
/** What Heat says of a whole template or type without saying where. */
const PLACELESS = new Set(['unsupported-version', 'unknown-version', 'missing-version']);

export function toldAbove(one: Diagnostic, { path, position, file }: NestedPlace): Diagnostic {
  return { ...one, path: [...path, ...one.path], position, message: messageAbove(one, path, file) };
}

function messageAbove({ message, code, type, path: inner }: Diagnostic, path: Path, file: string | null): string {
  // A value for a parameter is a property of the resource.
  if (file !== null && inner[0] === 'parameters' && inner.length === 2) {
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
