/** `str_split` and `Fn::Split`: a string cut at a delimiter, whole or one piece of it. */
import { isJsonArray, type Json } from '@hearth/kernel';
import { convertedIndex, itemAt } from '../semantics/integers.ts';
import { argumentItems } from './conditions.ts';
import { eager, type TemplateFunction, wrongCall, wrongType, wrongValue, type Scope } from './contract.ts';

function pieces(name: string, delimiter: Json | undefined, text: string, scope: Scope): readonly string[] {
  if (typeof delimiter !== 'string') throw wrongType(`${name}: the delimiter must be a string`);
  if (delimiter === '') throw wrongValue(`${name}: the delimiter must not be empty`);
  scope.spend(text.length * 2);
  return text.split(delimiter);
}

export const strSplit = eager(
  'str_split',
  'Splits a string at a delimiter into a list; with an index, yields that item.',
  (args, scope) => {
    if (!isJsonArray(args) || args.length < 2) throw wrongCall('str_split needs a list [delimiter, string] or [delimiter, string, index]');
    const [delimiter, text, index] = args;
    if (text === null) return null;
    if (typeof text !== 'string') throw wrongType('str_split: what is split must be a string');
    const list = pieces('str_split', delimiter, text, scope);
    if (args.length === 2) return list;
    const at = convertedIndex(index as Json);
    if (at === null) throw wrongValue('str_split: the index must be an integer');
    const item = itemAt(list, at);
    if (item === undefined) throw wrongValue(`str_split: the index is outside the list of ${list.length}`);
    return item;
  },
);

const splitEagerly = eager('Fn::Split', 'Splits a string at a delimiter into a list.', (args, scope) => {
  if (!isJsonArray(args) || args.length !== 2) throw wrongCall('Fn::Split needs a list [delimiter, string]');
  const [delimiter, text] = args as readonly [Json, Json];
  if (typeof text !== 'string') throw wrongType('Fn::Split: what is split must be a string');
  return pieces('Fn::Split', delimiter, text, scope);
});

export const fnSplit: TemplateFunction = {
  ...splitEagerly,
  evaluate(args, scope) {
    if (argumentItems(args)?.[0]?.kind === 'call') throw wrongType('Fn::Split: the delimiter must be a string, and cannot be computed');
    return splitEagerly.evaluate(args, scope);
  },
};
