/** One change at a time to a valid template: to sections, parameters, functions, conditions, outputs and notations. */
import { goodCalls, type Types } from './templates-base.ts';
import * as conditions from './templates-conditions.ts';
import type { Dice } from './templates-dice.ts';
import * as calls from './templates-functions.ts';
import { NOTATIONS } from './templates-oddities.ts';
import * as declarations from './templates-parameters.ts';
import { isTreeMap, Notation, renamed, type Tree, type TreeMap, type TreePath, withTree } from './templates-tree.ts';
import { LANGUAGES, type Language } from './templates-versions.ts';

export interface Given {
  readonly dice: Dice;
  readonly language: Language;
  readonly types: Types;
  readonly template: TreeMap;
}

export interface Mutated {
  readonly template: Tree;
  /** What exactly was done, for people. */
  readonly detail: string;
}

/** Null where it does not apply. */
export type Mutation = (given: Given) => Mutated | null;

/** A place, and a way to write values there. */
interface Place {
  readonly name: string;
  readonly path: TreePath;
}

const shown = (tree: Tree | undefined): string => {
  const text = tree instanceof Notation ? tree.text : (JSON.stringify(tree) ?? 'nothing');
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
};

export const set = (template: TreeMap, path: TreePath, value: Tree | undefined): Mutated => ({
  template: withTree(template, path, value),
  detail: `${path.join('.')} = ${shown(value)}`,
});

const NO_MAPS: readonly Tree[] = [null, 'text', 5, true, [], ['a'], {}, '', 0, false];

/** Where a function may stand. */
function valuePlaces({ language, dice }: Given): readonly Place[] {
  const { resources, outputs, properties, metadata, value } = language;
  const inside: TreePath = dice.pick<TreePath>([[], [], ['a'], ['a', 'b']]);
  return [
    { name: 'property', path: [resources, 'first', properties, 'value', ...inside] },
    { name: 'metadata', path: [resources, 'third', metadata, 'k', ...inside] },
    { name: 'output', path: [outputs, 'out0', value, ...inside] },
    { name: 'output of its own', path: [outputs, 'extra', value] },
  ];
}

/** Somewhere, sometimes as an argument of another function. */
function placed(given: Given, call: TreeMap): Mutated {
  const { dice, language, template } = given;
  const place = dice.pick(valuePlaces(given));
  const outer: readonly ((inner: Tree) => Tree)[] =
    language.family === 'hot'
      ? [
          (inner) => ({ list_join: ['-', [inner, 'z']] }),
          (inner) => ({ str_replace: { template: 'q', params: { q: inner } } }),
          (inner) => ({ get_param: ['data', inner] }),
          (inner) => ({ if: ['yes', inner, 'z'] }),
          (inner) => ({ if: ['no', inner, 'z'] }),
          (inner) => ({ map_merge: [{ z: 1 }, inner] }),
          (inner) => ({ yaql: { expression: '$.data', data: inner } }),
        ]
      : [
          (inner) => ({ 'Fn::Join': ['-', [inner, 'z']] }),
          (inner) => ({ 'Fn::Select': ['0', [inner]] }),
          (inner) => ({ 'Fn::If': ['no', inner, 'z'] }),
        ];
  const value = dice.chance(0.2) ? dice.pick(outer)(call) : call;
  return set(template, place.path, value);
}

const functionNames = (language: Language): readonly string[] => [
  ...new Set(
    language.family === 'hot'
      ? [...Object.keys(calls.HOT_GOOD), ...Object.keys(calls.HOT_BAD)]
      : [...Object.keys(calls.CFN_GOOD), ...Object.keys(calls.CFN_BAD)],
  ),
];

const goodFunction: Mutation = (given) => {
  const [name, list] = given.dice.pick(Object.entries(goodCalls(given.language)));
  return placed(given, { [name]: given.dice.pick(list) });
};

const badFunction: Mutation = (given) => {
  const [name, list] = given.dice.pick(Object.entries(given.language.family === 'hot' ? calls.HOT_BAD : calls.CFN_BAD));
  return placed(given, { [name]: given.dice.pick(list) });
};

const oddArguments: Mutation = (given) =>
  placed(given, { [given.dice.pick(functionNames(given.language))]: given.dice.pick(calls.ANY_ARGUMENT) });

/** A function beside another key is data. */
const notACall: Mutation = (given) =>
  placed(given, { [given.dice.pick(functionNames(given.language))]: given.dice.pick(calls.ANY_ARGUMENT), beside: 1 });

const goodParameter: Mutation = ({ dice, language, template }) =>
  set(
    template,
    [language.parameters, 'extra'],
    dice.pick(language.family === 'hot' ? declarations.HOT_PARAMETERS : declarations.CFN_PARAMETERS),
  );

const badParameter: Mutation = ({ dice, language, template }) =>
  set(
    template,
    [language.parameters, 'extra'],
    dice.pick(language.family === 'hot' ? declarations.HOT_BAD_PARAMETERS : declarations.CFN_BAD_PARAMETERS),
  );

const parameterName: Mutation = ({ dice, language, template }) =>
  set(
    template,
    [language.parameters, dice.pick(['', 'a/b', 'a b', 'OS::stack_id', 'OS::region', 'AWS::Region', '1', 'first', 'ünï', 'x'.repeat(300)])],
    language.family === 'hot' ? { type: 'string' } : { Type: 'String' },
  );

const groups: Mutation = ({ dice, language, template }) =>
  set(
    template,
    [language.family === 'hot' ? 'parameter_groups' : 'ParameterGroups'],
    dice.pick([...declarations.BAD_GROUPS, ...declarations.BAD_GROUPS, ...declarations.GROUPS]),
  );

const section: Mutation = ({ dice, language, template }) => {
  const known = Object.keys(template);
  const other =
    language.family === 'hot'
      ? ['Resources', 'Parameters', 'conditions', 'Mappings', 'Conditions']
      : ['resources', 'parameters', 'Conditions', 'Rules', 'Metadata', 'Transform', 'Hooks'];
  const which = dice.below(4);
  if (which === 0)
    return set(
      template,
      [dice.pick([...other, 'nothing', 'x-note', 'outputz', 'parameter_groups', 'version', ''])],
      dice.pick<Tree>([{}, null, 'x', []]),
    );
  if (which === 1) return set(template, [dice.pick(known)], dice.pick(NO_MAPS));
  const from = dice.pick(known);
  if (which === 2) return set(template, [from], undefined);
  const to = dice.pick([from.toLowerCase(), from.toUpperCase(), `${from}s`, ` ${from}`]);
  return { template: renamed(template, [], from, to), detail: `${from} renamed to ${to}` };
};

const version: Mutation = ({ dice, language, template }) => {
  const other = dice.pick(LANGUAGES);
  const values: readonly Tree[] = [
    '2018-08-32',
    '2018',
    '',
    null,
    5,
    [],
    {},
    ['2018-08-31'],
    'kilo',
    'Rocky',
    ' 2018-08-31',
    '2010-09-09',
    '2012-12-12',
    other.version,
    true,
  ];
  if (dice.chance(0.3)) return set(template, [other.versionKey], dice.pick([other.version, 'x', null, 5]));
  return set(template, [language.versionKey], dice.pick(values));
};

/** The same template under another version of its family: functions and sections come and go. */
const otherVersion: Mutation = ({ dice, language, template }) => {
  const other = dice.pick(LANGUAGES.filter(({ family }) => family === language.family));
  const without = withTree(template, [language.versionKey], undefined);
  return { template: withTree(without, [other.versionKey], other.version), detail: `${language.version} as ${other.version}` };
};

const conditionLists = (language: Language) =>
  language.family === 'hot'
    ? [conditions.HOT_CONDITIONS, conditions.HOT_BAD_CONDITIONS]
    : [conditions.CFN_CONDITIONS, conditions.CFN_BAD_CONDITIONS];

const condition: Mutation = ({ dice, language, template }) => {
  const value = dice.pick(
    dice.chance(0.3) ? (conditionLists(language)[0] as readonly Tree[]) : (conditionLists(language)[1] as readonly Tree[]),
  );
  const call = language.family === 'hot' ? { if: [value, 'a', 'b'] } : { 'Fn::If': [value, 'a', 'b'] };
  const places: readonly [TreePath, Tree][] = [
    [[language.conditions, 'extra'], value],
    [[language.conditions, 'extra'], value],
    [[language.resources, 'third', language.condition], value],
    [[language.outputs, 'out0'], { [language.value]: 'x', [language.condition]: value }],
    [[language.resources, 'first', language.properties, 'value'], call],
  ];
  return set(template, ...dice.pick(places));
};

const conditionSection: Mutation = ({ dice, language, template }) => {
  const not = language.family === 'hot' ? 'not' : 'Fn::Not';
  const negated = (name: string): Tree => ({ [not]: language.family === 'hot' ? name : [name] });
  const sections: readonly Tree[] = [
    ...NO_MAPS,
    { a: negated('a') },
    { a: negated('b'), b: negated('a') },
    { yes: true, no: false, a: negated('b'), b: negated('yes') },
    { yes: true, no: false, '': true },
  ];
  return set(template, [language.conditions], dice.pick(sections));
};

/** One resource under a condition is off: what becomes of those that name it. */
const switchedOff: Mutation = ({ dice, language, template }) => {
  const off = withTree(template, [language.resources, 'first', language.condition], dice.pick<Tree>(['no', 'yes', false, true]));
  return { template: off, detail: 'first under a condition' };
};

const OUTPUTS: readonly ((value: string, family: string) => Tree)[] = [
  ...NO_MAPS.map((one) => () => one),
  (value) => ({ [value]: null }),
  (value) => ({ [value]: {} }),
  (value) => ({ [value]: 'x', nothing: 1 }),
  (value) => ({ [value]: 'x', Description: 'Text.' }),
  (value) => ({ [value]: 'x', description: 5 }),
  (value) => ({ [value]: 'x', description: ['a'] }),
  (value) => ({ [value]: 'x', description: null }),
  (value) => ({ [value]: 'x', type: 'string' }),
  (value) => ({ [value]: 'x', Export: { Name: 'y' } }),
  (value) => ({ [value]: 'x', condition: null }),
  (value) => ({ [value]: 'x', condition: 'nobody' }),
  (value) => ({ [value]: 'x', Condition: 'nobody' }),
  () => ({ description: 'Nothing else.' }),
  () => ({ value: 'x' }),
  () => ({ Value: 'x' }),
  (_, family) => ({ value: family === 'hot' ? { get_attr: ['nobody', 'x'] } : { 'Fn::GetAtt': ['nobody', 'x'] } }),
];

const output: Mutation = ({ dice, language, template }) => {
  if (dice.chance(0.15))
    return set(template, [language.outputs, dice.pick(['', 'a b', 'first', 'text', '1', 'OS::stack_id'])], { [language.value]: 'x' });
  return set(template, [language.outputs, 'out0'], dice.pick(OUTPUTS)(language.value, language.family));
};

const mappings: Mutation = ({ dice, language, template }) => {
  const values: readonly Tree[] = [
    ...NO_MAPS,
    { places: null },
    { places: 'x' },
    { places: { here: 'x' } },
    { places: { here: null } },
    { places: { here: { name: { Ref: 'text' } } } },
    { places: ['a'] },
  ];
  return language.family === 'hot' ? null : set(template, ['Mappings'], dice.pick(values));
};

const notation: Mutation = ({ dice, language, template }) => {
  const { parameters, resources, outputs } = language;
  const text = new Notation(dice.pick(NOTATIONS));
  const isHot = language.family === 'hot';
  const fallback = isHot ? 'default' : 'Default';
  const places: readonly TreePath[] = [
    [parameters, 'text', fallback],
    [parameters, 'count', fallback],
    [parameters, 'names', fallback],
    [parameters, 'data', fallback],
    [parameters, 'flag', fallback],
    [parameters, 'text', isHot ? 'hidden' : 'NoEcho'],
    [parameters, 'text', isHot ? 'description' : 'Description'],
    [language.description],
    [resources, 'third', language.metadata, 'k'],
    [resources, 'third', language.metadata],
    [resources, 'third', language.properties],
    [resources, 'third', language.properties, 'length'],
    [resources, 'third', language.type],
    [resources, 'third', language.dependsOn],
    [resources, 'third'],
    [outputs, 'out0', language.value],
    [language.versionKey],
    [resources],
  ];
  return set(template, dice.pick(places), text);
};

/** A resource repeated, so that several identical ones are judged. */
const twice: Mutation = ({ dice, language, template }) => {
  const all = template[language.resources];
  if (!isTreeMap(all)) return null;
  const [name, resource] = dice.pick(Object.entries(all));
  return set(template, [language.resources, `${name}_again`], resource);
};

/** By kind, with how often each is drawn. */
export const TEMPLATE_MUTATIONS: Readonly<Record<string, readonly [weight: number, mutation: Mutation]>> = {
  none: [4, ({ template }) => ({ template, detail: '' })],
  'good function': [14, goodFunction],
  'bad function': [26, badFunction],
  'odd arguments': [14, oddArguments],
  'not a call': [2, notACall],
  'good parameter': [8, goodParameter],
  'bad parameter': [24, badParameter],
  'parameter name': [3, parameterName],
  groups: [6, groups],
  section: [8, section],
  version: [5, version],
  'other version': [8, otherVersion],
  condition: [14, condition],
  'condition section': [4, conditionSection],
  'switched off': [3, switchedOff],
  output: [7, output],
  mappings: [3, mappings],
  notation: [24, notation],
  twice: [2, twice],
};
