/** Requests with templates that stand for resources: good and broken ones, by file name and by mapping, with fitting and strange properties. */
import type { Dice } from './templates-dice.ts';
import type { Tree, TreeMap } from './templates-tree.ts';
import type { Language } from './templates-versions.ts';

const HOT = 'heat_template_version: 2018-08-31\n';
/** With a parameter `a`, a needed one `b`, an output `o`. */
const GOOD = `${HOT}parameters:\n  a: {type: string, default: x}\n  b: {type: number}\nresources:\n  r: {type: OS::Heat::RandomString}\noutputs:\n  o: {value: {get_attr: [r, value]}}\n`;

const CONTENTS: readonly string[] = [
  GOOD,
  GOOD,
  GOOD,
  `${HOT}`,
  `${HOT}parameters: {a: {type: string}}\n`,
  `${HOT}parameters: {a: {type: nothing}}\n`,
  `${HOT}parameters: {a: {type: string, default: abc, constraints: [{length: {max: 2}}]}}\n`,
  `${HOT}parameters: [a]\n`,
  `${HOT}nothing: {}\n`,
  `${HOT}resources: {r: {type: Nobody::Knows}}\n`,
  `${HOT}resources: {r: {type: OS::Heat::RandomString, properties: {nothing: 1}}}\n`,
  `${HOT}resources: {r: {type: 'file:///nested.yaml'}}\n`,
  `${HOT}resources: {r: 5}\n`,
  `${HOT}outputs: {o: {value: {get_attr: [nobody, x]}}}\n`,
  `${HOT}outputs: {o: 5}\n`,
  `${HOT}outputs: [o]\n`,
  'heat_template_version: 2099-01-01\n',
  'resources: {}\n',
  '{',
  '',
  'a: [',
  'just text',
  '[]',
  '{"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"a": {"Type": "String"}}, "Outputs": {"o": {"Value": "x"}}}',
  '{"HeatTemplateFormatVersion": "2012-12-12"}',
];

const PROPERTIES: readonly Tree[] = [
  {},
  { a: 'x' },
  { a: 'x', b: 1 },
  { b: 'x' },
  { nothing: 1 },
  { a: null },
  { b: { get_param: 'nobody' } },
  { a: ['x'], b: true },
  null,
  [],
];
const ATTRIBUTES: readonly Tree[] = ['o', 'nobody', 'show', 'resource.r', 'resource.r.value', 'outputs', ''];

const FILE = 'file:///nested.yaml';

export interface Nested {
  readonly template: TreeMap;
  readonly more: TreeMap;
  readonly detail: string;
}

/** A small template around the nested one; the body's other parts beside it. */
export function nestedRequest(dice: Dice, language: Language): Nested {
  const { versionKey, version, resources, outputs, type, properties, value } = language;
  const content = dice.pick(CONTENTS);
  const given = dice.pick(PROPERTIES);
  const attribute = dice.pick(ATTRIBUTES);
  const way = dice.below(4);
  const named = way === 0 ? FILE : way === 1 ? 'My::Own' : dice.pick(['OS::Heat::RandomString', 'OS::Heat::Value', FILE]);
  const isMapped = named !== FILE;
  const registry: Tree = way === 3 ? { resources: { it: { [named]: FILE } } } : { [named]: FILE };
  const asked: Tree = language.family === 'hot' ? { get_attr: ['it', attribute] } : { 'Fn::GetAtt': ['it', attribute] };
  const template: TreeMap = {
    [versionKey]: version,
    [resources]: { it: { [type]: named, [properties]: given } },
    ...(dice.chance(0.5) ? { [outputs]: { out: { [value]: asked } } } : {}),
  };
  const files: TreeMap = dice.chance(0.9) ? { [FILE]: content } : {};
  const more: TreeMap = { files, ...(isMapped ? { environment: { resource_registry: registry } } : {}) };
  return { template, more, detail: `${version}: ${JSON.stringify({ template, ...more })}` };
}
