/** Walking into a value by a path of keys and indices, in the two ways templates do it. */
import { isJsonArray, isJsonObject, type Json } from '@hearth/kernel';
import { integerFromText, itemAt } from '../semantics/integers.ts';

function characterAt(text: string, index: number): string | undefined {
  return itemAt([...text], index);
}

/** An integer, a boolean as 0 or 1, or text that is an integer. */
function lenientIndex(step: Json): number | null {
  if (typeof step === 'boolean') return Number(step);
  if (typeof step === 'number') return Number.isInteger(step) ? step : null;
  const parsed = typeof step === 'string' ? integerFromText(step) : null;
  return parsed === null ? null : Number(parsed);
}

/** `get_param`: an index may be written as text; undefined when the path leads nowhere. */
export function lenientPath(value: Json, path: readonly Json[]): Json | undefined {
  let at: Json = value;
  for (const step of path) {
    let next: Json | undefined;
    if (isJsonObject(at)) next = typeof step === 'string' && Object.hasOwn(at, step) ? at[step] : undefined;
    else if (isJsonArray(at) || typeof at === 'string') {
      const index = lenientIndex(step);
      if (index === null) return undefined;
      next = typeof at === 'string' ? characterAt(at, index) : itemAt(at, index);
    }
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}

/** `get_attr`: a list wants an integer, a map a string; undefined when the path leads nowhere. */
export function exactPath(value: Json, path: readonly Json[]): Json | undefined {
  let at: Json = value;
  for (const step of path) {
    let next: Json | undefined;
    if (isJsonObject(at)) next = typeof step === 'string' && Object.hasOwn(at, step) ? at[step] : undefined;
    else if (typeof step === 'number' && Number.isInteger(step)) {
      if (isJsonArray(at)) next = itemAt(at, step);
      else if (typeof at === 'string') next = characterAt(at, step);
    }
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}
