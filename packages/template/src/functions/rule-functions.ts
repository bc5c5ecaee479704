/** Functions that only the assertions of CloudFormation's `Rules` have. */
import { isJsonArray, type Json } from '@hearth/kernel';
import { equalityKey } from '../semantics/truth.ts';
import { eager, type Scope, type TemplateFunction, wrongCall, wrongType } from './contract.ts';

function twoOf(name: string, args: Json): readonly [readonly Json[], Json] {
  if (!isJsonArray(args) || args.length !== 2) throw wrongCall(`${name} needs a list [list, value]`);
  const [list, other] = args as readonly [Json, Json];
  if (!isJsonArray(list)) throw wrongType(`${name}: the first item must be a list`);
  return [list, other];
}

const keysOf = (list: readonly Json[], scope: Scope): ReadonlySet<string> => {
  scope.spend(list.length);
  return new Set(list.map(equalityKey));
};

const addition = (name: string, doc: string, evaluate: (args: Json, scope: Scope) => Json): TemplateFunction => ({
  ...eager(name, doc, evaluate),
  addition: true,
});

export const fnContains = addition('Fn::Contains', 'Whether a value is in a list: [list, value].', (args, scope) => {
  const [list, value] = twoOf('Fn::Contains', args);
  return keysOf(list, scope).has(equalityKey(value));
});

export const fnEachMemberEquals = addition(
  'Fn::EachMemberEquals',
  'Whether every item of a list is a value: [list, value].',
  (args, scope) => {
    const [list, value] = twoOf('Fn::EachMemberEquals', args);
    scope.spend(list.length);
    return list.every((item) => equalityKey(item) === equalityKey(value));
  },
);

export const fnEachMemberIn = addition('Fn::EachMemberIn', 'Whether every item of a list is in another: [list, list].', (args, scope) => {
  const [list, others] = twoOf('Fn::EachMemberIn', args);
  if (!isJsonArray(others)) throw wrongType('Fn::EachMemberIn: the second item must be a list');
  const allowed = keysOf(others, scope);
  return list.every((item) => allowed.has(equalityKey(item)));
});

const unavailable = (name: string): TemplateFunction => ({
  name,
  doc: 'Not available.',
  addition: true,
  evaluate() {
    throw wrongCall(`${name} asks about parameters of types that are not known here`, {
      code: 'function-not-available',
      hint: 'name the parameters themselves, with Ref',
    });
  },
});

export const RULE_FUNCTIONS: readonly TemplateFunction[] = [
  fnContains,
  fnEachMemberEquals,
  fnEachMemberIn,
  ...['Fn::RefAll', 'Fn::ValueOf', 'Fn::ValueOfAll'].map(unavailable),
];
