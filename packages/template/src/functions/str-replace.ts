/**
 * `str_replace` and its strict forms, and the older `Fn::Replace`. All keys are replaced in one pass over the text, the longest first, so
 * what was put in is never looked at again.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { byCodePoint, jsonText, plainText } from '../semantics/rendering.ts';
import { eager, wrongCall, wrongType, wrongValue, type Scope, type TemplateFunction } from './contract.ts';

interface Form {
  readonly name: string;
  readonly doc: string;
  /** Maps and lists are written as JSON; otherwise they are refused. */
  readonly json: boolean;
  /** Keys that never occur are an error. */
  readonly strict: boolean;
  /** Empty values are an error. */
  readonly nonEmpty: boolean;
}

function replacementText(form: Form, key: string, value: Json): string {
  if (form.nonEmpty && (value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0))) {
    throw wrongValue(`${form.name}: the value of "${key}" is empty`);
  }
  if (value === null) return '';
  if (typeof value === 'object') {
    if (!form.json) throw wrongType(`${form.name}: the value of "${key}" must be a string, a number or a boolean`);
    return jsonText(value, true);
  }
  return plainText(value);
}

/** Characters searched that count as one produced. */
const SEARCHED_PER_UNIT = 64;

/** What one replacement stands for, beside the text that it puts in. */
const PLACEMENT_COST = 16;

/** Replaces every key at once; calls back for keys that occurred. */
export function replaceAllAtOnce(
  template: string,
  texts: ReadonlyMap<string, string>,
  scope: Scope,
  found: (key: string) => void = () => {},
): string {
  // Every key is looked for in the whole text: that work is bounded too, at a fraction of what producing costs.
  scope.spend(template.length + Math.ceil((template.length * texts.size) / SEARCHED_PER_UNIT));
  const pieces: string[] = [];
  let plainFrom = 0;
  const placed = placements(template, [...texts.keys()], scope);
  scope.spend(placed.length * PLACEMENT_COST);
  for (const [start, key] of placed) {
    const text = texts.get(key) as string;
    scope.spend(text.length);
    found(key);
    pieces.push(template.slice(plainFrom, start), text);
    plainFrom = start + key.length;
  }
  pieces.push(template.slice(plainFrom));
  return pieces.join('');
}

/**
 * Where each key is replaced, by position. The longest key wins wherever it occurs, even over a shorter one that starts before it: keys are
 * placed in order of length, each in the gaps that the longer ones left.
 */
function placements(template: string, keys: readonly string[], scope: Scope): readonly (readonly [number, string])[] {
  let gaps: (readonly [number, number])[] = [[0, template.length]];
  const taken: [number, string][] = [];
  for (const key of [...keys].sort((a, b) => b.length - a.length || byCodePoint(a, b))) {
    const left: (readonly [number, number])[] = [];
    for (const [from, to] of gaps) {
      let start = from;
      for (let at = template.indexOf(key, start); at >= 0 && at + key.length <= to; at = template.indexOf(key, start)) {
        taken.push([at, key]);
        if (at > start) left.push([start, at]);
        start = at + key.length;
      }
      if (start < to) left.push([start, to]);
    }
    gaps = left;
    scope.spend(gaps.length);
  }
  return taken.sort((a, b) => a[0] - b[0]);
}

function stringReplace(form: Form): TemplateFunction {
  return eager(form.name, form.doc, (args, scope) => {
    if (!isJsonObject(args)) throw wrongCall(`${form.name} needs a map with the keys "template" and "params"`);
    if (!('template' in args) || !('params' in args)) throw wrongCall(`${form.name} needs the keys "template" and "params"`);
    return replaced(form, args['template'] as Json, args['params'] as Json, scope);
  });
}

function replaced(form: Form, template: Json, params: Json, scope: Scope): Json {
  if (typeof template !== 'string') throw wrongType(`${form.name}: the template must be a string`);
  if (!isJsonObject(params)) throw wrongType(`${form.name}: the params must be a map`);
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(params)) {
    if (key === '') throw wrongValue(`${form.name}: a key must not be empty`);
    texts.set(key, replacementText(form, key, value));
  }
  const missing = new Set(texts.keys());
  const text = replaceAllAtOnce(template, texts, scope, (key) => missing.delete(key));
  if (form.strict && missing.size > 0) {
    throw wrongValue(`${form.name}: these params do not occur in the template: ${[...missing].sort().join(', ')}`);
  }
  return text;
}

const DOC = 'Replaces the keys of "params" in the string "template" by their values, all at once.';
const form = (name: string, doc: string, rest: Partial<Form> = {}): Form => ({
  name,
  doc,
  json: true,
  strict: false,
  nonEmpty: false,
  ...rest,
});

export const strReplacePlain = stringReplace(form('str_replace', DOC, { json: false }));
export const strReplace = stringReplace(form('str_replace', `${DOC} Maps and lists become JSON text.`));
export const strReplaceStrict = stringReplace(
  form('str_replace_strict', `${DOC} A key that does not occur is an error.`, { strict: true }),
);
export const strReplaceVstrict = stringReplace(
  form('str_replace_vstrict', `${DOC} A key that does not occur, and an empty value, are errors.`, { strict: true, nonEmpty: true }),
);

/** `Fn::Replace: [{key: value}, text]`. */
export const fnReplace: TemplateFunction = eager(
  'Fn::Replace',
  'Replaces the keys of a map in a string by their values.',
  (args, scope) => {
    if (!isJsonArray(args) || args.length !== 2) throw wrongCall('Fn::Replace needs a list [map, string]');
    const [params, template] = args as readonly [Json, Json];
    return replaced(form('Fn::Replace', '', { json: false }), template, params as JsonObject, scope);
  },
);
