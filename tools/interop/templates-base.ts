/** A valid template with all sections, over fixed names that good calls of functions can use. */
import type { PropertySchema, ResourceType } from '@hearth/resource-kit';
import type { Dice } from './templates-dice.ts';
import { CFN_CONDITIONS, HOT_CONDITIONS } from './templates-conditions.ts';
import { CFN_GOOD, HOT_GOOD } from './templates-functions.ts';
import { CFN_PARAMETERS, GROUPS, HOT_PARAMETERS } from './templates-parameters.ts';
import type { Tree, TreeMap } from './templates-tree.ts';
import type { Language } from './templates-versions.ts';

export type Types = readonly ResourceType<never>[];

/** What `get_file` may name. */
export const FILES: Readonly<Record<string, string>> = { 'file:///there.txt': 'content' };

export const goodCalls = (language: Language) => (language.family === 'hot' ? HOT_GOOD : CFN_GOOD);

/** A call that is good in versions that have the function. */
export function goodCall(dice: Dice, language: Language): Tree {
  const calls = goodCalls(language);
  const name = dice.pick(Object.keys(calls).filter((key) => isPlain(key, language)));
  return { [name]: dice.pick(calls[name] ?? ['text']) };
}

/** Functions that need no condition where there are none, and nothing of other families. */
function isPlain(name: string, language: Language): boolean {
  if (/resource_facade|ResourceFacade/.test(name)) return false;
  if (language.family === 'cfn') return name.startsWith('Fn::') || name === 'Ref' ? language.hasConditions || name !== 'Fn::If' : false;
  return /^(?:get_param|get_resource|get_attr|get_file|list_join|str_replace)$/.test(name);
}

export function baseTemplate(dice: Dice, language: Language, types: Types): TreeMap {
  const { versionKey, version, description, parameters, conditions, resources, outputs } = language;
  const isHot = language.family === 'hot';
  return {
    [versionKey]: version,
    ...(dice.chance(0.7) ? { [description]: dice.pick(['A template.', '', 'Two\nlines: of "text"']) } : {}),
    [parameters]: baseParameters(dice, language),
    ...(isHot && dice.chance(0.4) ? { parameter_groups: dice.pick(GROUPS) } : {}),
    ...(isHot ? {} : { Mappings: { places: { here: { name: 'x' }, there: { name: ['y'] } } } }),
    ...(language.hasConditions ? { [conditions]: baseConditions(dice, language) } : {}),
    [resources]: baseResources(dice, language, types),
    ...(dice.chance(0.8) ? { [outputs]: baseOutputs(dice, language) } : {}),
  };
}

function baseParameters(dice: Dice, { family }: Language): TreeMap {
  const fixed: Readonly<Record<string, readonly [type: string, value: Tree]>> = {
    text: ['string', 'a'],
    count: ['number', 3],
    names: ['comma_delimited_list', 'a,b'],
    data: ['json', { a: ['b'] }],
    flag: ['boolean', true],
  };
  const cfnTypes: Readonly<Record<string, string>> = {
    comma_delimited_list: 'CommaDelimitedList',
    string: 'String',
    number: 'Number',
    json: 'Json',
    boolean: 'Boolean',
  };
  const declared = Object.entries(fixed).map(([name, [type, value]]): [string, Tree] => [
    name,
    family === 'hot' ? { type, default: value } : { Type: cfnTypes[type] as string, Default: value },
  ]);
  const more = dice.some(family === 'hot' ? HOT_PARAMETERS : CFN_PARAMETERS, 0.12).map((one, i): [string, Tree] => [`more${i}`, one]);
  return Object.fromEntries([...declared, ['needed', family === 'hot' ? { type: 'string' } : { Type: 'String' }], ...more]);
}

function baseConditions(dice: Dice, { family }: Language): TreeMap {
  const isHot = family === 'hot';
  const fixed: TreeMap = isHot
    ? { yes: { equals: [{ get_param: 'text' }, 'a'] }, no: { not: { equals: [{ get_param: 'text' }, 'a'] } } }
    : { yes: { 'Fn::Equals': [{ Ref: 'text' }, 'a'] }, no: { 'Fn::Equals': [{ Ref: 'text' }, 'b'] } };
  const list = (isHot ? HOT_CONDITIONS : CFN_CONDITIONS).filter(
    (one) => typeof one === 'object' && !('yaql' in (one as TreeMap)) && !('contains' in (one as TreeMap)),
  );
  return { ...fixed, ...Object.fromEntries(dice.some(list, 0.2).map((one, i) => [`more${i}`, one])) };
}

function baseResources(dice: Dice, language: Language, types: Types): TreeMap {
  const { type, properties, metadata, dependsOn, deletionPolicy, condition } = language;
  const value = (inner: Tree): TreeMap => ({ [type]: 'OS::Heat::Value', [properties]: { value: inner } });
  const more = Object.fromEntries(
    Array.from({ length: 1 + dice.below(3) }, (_, i): [string, Tree] => {
      const chosen = dice.pick(types);
      return [
        `other${i}`,
        {
          [type]: chosen.name,
          [properties]: goodProperties(dice, chosen.properties),
          ...(dice.chance(0.2) ? { [metadata]: { k: goodCall(dice, language) } } : {}),
          ...(dice.chance(0.2) ? { [dependsOn]: dice.pick<Tree>(['first', ['first', 'second'], []]) } : {}),
          ...(dice.chance(0.2) ? { [deletionPolicy]: dice.pick(['Delete', 'Retain']) } : {}),
          ...(language.hasConditions && dice.chance(0.2) ? { [condition]: dice.pick<Tree>(['yes', 'no']) } : {}),
        },
      ];
    }),
  );
  return {
    first: value('x'),
    second: {
      ...value(dice.chance(0.5) ? (language.family === 'hot' ? { get_param: 'data' } : { Ref: 'data' }) : { a: ['b'] }),
      [dependsOn]: 'first',
    },
    third: { [type]: 'OS::Heat::RandomString', [properties]: { length: 5 }, [metadata]: { k: goodCall(dice, language) } },
    ...more,
  };
}

/** Every property that is needed, and some others, with fitting values. */
export function goodProperties(dice: Dice, schemas: ResourceType['properties']): TreeMap {
  const chosen = Object.entries(schemas).filter(([, { required, support }]) => required || (support === undefined && dice.chance(0.25)));
  return Object.fromEntries(chosen.map(([name, schema]) => [name, goodValue(dice, schema)]));
}

export function goodValue(dice: Dice, schema: PropertySchema): Tree {
  for (const constraint of schema.constraints ?? []) {
    if (constraint.kind === 'allowed-values' && schema.kind !== 'list') return dice.pick(constraint.values) as Tree;
    if (constraint.kind === 'range') return constraint.min ?? constraint.max ?? 1;
  }
  switch (schema.kind) {
    case 'string':
      return dice.pick(['a', '10.0.0.0/24', '10.0.0.1', 'm1.small', 'private']);
    case 'integer':
    case 'number':
      return dice.pick([0, 1, 5]);
    case 'boolean':
      return dice.chance(0.5);
    case 'list':
      return schema.items === undefined ? [] : [goodValue(dice, schema.items)];
    case 'map':
      return schema.fields === undefined ? { k: 'v' } : goodProperties(dice, schema.fields);
    default:
      return 'x';
  }
}

function baseOutputs(dice: Dice, language: Language): TreeMap {
  const { value, condition } = language;
  return Object.fromEntries(
    Array.from({ length: 1 + dice.below(3) }, (_, i): [string, Tree] => [
      `out${i}`,
      {
        [value]: dice.chance(0.8) ? goodCall(dice, language) : 'text',
        ...(dice.chance(0.3) ? { [language.description]: 'An output.' } : {}),
        ...(language.hasConditions && dice.chance(0.2) ? { [condition]: 'no' } : {}),
      },
    ]),
  );
}
