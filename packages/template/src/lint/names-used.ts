/**
 * Names that a document mentions, seen in its data: careful rather than clever, so that what is called unused is never used. Iterative: documents are as
 * deep as users make them.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { namesInSub } from '../functions/sub.ts';

export interface NamesUsed {
  /** Every text of the document, and every name inside `${…}`. */
  readonly texts: ReadonlySet<string>;
  /** Some name of a parameter is computed: any may be meant. */
  readonly isComputed: boolean;
}

const BY_NAME = new Set(['get_param', 'Ref', 'Fn::RefAll', 'Fn::ValueOf', 'Fn::ValueOfAll']);

/** `except`: sections that declare names and do not use them. */
export function namesUsed(document: JsonObject, except: readonly string[]): NamesUsed {
  const texts = new Set<string>();
  let isComputed = false;
  const open: Json[] = Object.entries(document).flatMap(([key, value]) => (except.includes(key) ? [] : [value]));
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string') {
      texts.add(value);
      if (value.includes('${')) for (const name of namesInSub(value)) texts.add(name.split('.')[0] as string);
    } else if (isJsonArray(value)) open.push(...value);
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        const first = isJsonArray(item) ? item[0] : item;
        if (BY_NAME.has(key) && first !== null && typeof first === 'object') isComputed = true;
        open.push(item);
      }
    }
  }
  return { texts, isComputed };
}
