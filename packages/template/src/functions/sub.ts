/** `Fn::Sub`: values put into a string where `${Name}` or `${Resource.attribute}` stands; `${!Name}` is `${Name}` in so many words. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { numberText } from '../semantics/rendering.ts';
import { eager, type Scope, wrongCall, wrongType } from './contract.ts';

const PLACE = /\$\{([^}]*)\}/g;
const NAME = /^[A-Za-z0-9_:.-]+$/;

export const fnSub = {
  ...eager(
    'Fn::Sub',
    'Puts values into a string, at ${Name} or ${Resource.attribute}: a string, or [string, {name: value}].',
    (args, scope) => {
      const [text, own] = isJsonArray(args) ? args : [args, {}];
      if (isJsonArray(args) && args.length !== 2) throw wrongCall('Fn::Sub needs a string, or a list [string, {name: value}]');
      if (typeof text !== 'string') throw wrongType('Fn::Sub: the text must be a string');
      if (!isJsonObject(own ?? null)) throw wrongType('Fn::Sub: the second item must be a map of values by name');
      return substituted(text, own as JsonObject, scope);
    },
  ),
  addition: true,
} as const;

/** The names that a text asks for, in order; those that stand for themselves are left out. */
export const namesInSub = (text: string): readonly string[] =>
  [...text.matchAll(PLACE)].map((match) => (match[1] as string).trim()).filter((name) => !name.startsWith('!'));

function substituted(text: string, own: JsonObject, scope: Scope): string {
  const pieces: string[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACE)) {
    const value = placed((match[1] as string).trim(), own, scope);
    scope.spend(match.index - from + value.length);
    pieces.push(text.slice(from, match.index), value);
    from = match.index + match[0].length;
  }
  scope.spend(text.length - from);
  pieces.push(text.slice(from));
  return pieces.join('');
}

function placed(name: string, own: JsonObject, scope: Scope): string {
  if (name.startsWith('!')) return `\${${name.slice(1)}}`;
  if (!NAME.test(name)) {
    throw wrongCall('Fn::Sub: between "${" and "}" must be the name of a parameter, a resource or a value, or resource.attribute', {
      hint: 'write "${!…}" for text that is to stay as it is',
    });
  }
  if (Object.hasOwn(own, name)) return asText(name, own[name] as Json);
  if (scope.hasResource(name)) return asText(name, scope.referenceId(name));
  if (scope.hasParameter(name)) return asText(name, scope.parameter(name));
  const dot = name.indexOf('.');
  if (dot <= 0) throw scope.unknownName(name);
  return asText(name, scope.attribute(name.slice(0, dot), name.slice(dot + 1), []));
}

function asText(name: string, value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  throw wrongType(`Fn::Sub: "${name}" is a list or a map; only text can be put into a string`);
}
