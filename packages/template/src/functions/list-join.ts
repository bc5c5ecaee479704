/** `list_join` and `Fn::Join`: strings joined by a delimiter. */
import { isJsonArray, type Json } from '@hearth/kernel';
import { jsonText } from '../semantics/rendering.ts';
import { isFalsy } from '../semantics/truth.ts';
import { eager, wrongCall, wrongType, type Scope, type TemplateFunction } from './contract.ts';

function joined(name: string, delimiter: Json, items: readonly Json[], json: boolean, scope: Scope): string {
  if (typeof delimiter !== 'string') throw wrongType(`${name}: the delimiter must be a string`);
  const texts = items.map((item) => {
    if (item === null) return '';
    if (typeof item === 'string') return item;
    if (json && typeof item === 'object') return jsonText(item, true);
    throw wrongType(`${name}: items to join must be strings${json ? ', maps or lists' : ''}`);
  });
  scope.spend(texts.reduce((sum, text) => sum + text.length + delimiter.length, 0));
  return texts.join(delimiter);
}

function singleJoin(name: string, doc: string): TemplateFunction {
  return eager(name, doc, (args, scope) => {
    if (!isJsonArray(args) || args.length !== 2) throw wrongCall(`${name} needs a list [delimiter, [items…]]`);
    const [delimiter, items] = args as readonly [Json, Json];
    if (items === null) return joined(name, delimiter, [], false, scope);
    if (!isJsonArray(items)) throw wrongType(`${name}: what is joined must be a list`);
    return joined(name, delimiter, items, false, scope);
  });
}

export const listJoinSingle = singleJoin('list_join', 'Joins the strings of a list with a delimiter.');
export const fnJoin = singleJoin('Fn::Join', 'Joins the strings of a list with a delimiter.');

export const listJoinMany: TemplateFunction = eager(
  'list_join',
  'Joins the items of one or more lists with a delimiter; maps and lists among them become JSON text.',
  (args, scope) => {
    if (!isJsonArray(args) || args.length < 2) throw wrongCall('list_join needs a list [delimiter, [items…], [items…]…]');
    const [delimiter, ...lists] = args;
    const items: Json[] = [];
    for (const list of lists) {
      if (isFalsy(list)) continue;
      if (!isJsonArray(list)) throw wrongType('list_join: what is joined must be lists');
      scope.spend(list.length);
      for (const item of list) items.push(item);
    }
    return joined('list_join', delimiter as Json, items, true, scope);
  },
);
