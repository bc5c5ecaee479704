/**
 * The generator of requests to validate: pure, and the same for the same seed. Each case is a valid template of some version changed in one
 * way (seldom in two), or a text or body that is odd as a whole; sent as YAML text, as JSON text or as data.
 */
import { baseTemplate, FILES, type Types } from './templates-base.ts';
import { diceOf, type Dice } from './templates-dice.ts';
import { type Mutation, TEMPLATE_MUTATIONS } from './templates-mutations.ts';
import { nestedRequest } from './templates-nested.ts';
import { TEXTS } from './templates-oddities.ts';
import { BAD_ENVIRONMENTS, ENVIRONMENTS } from './templates-parameters.ts';
import { RESOURCE_MUTATIONS } from './templates-resource-mutations.ts';
import { asData, isTreeMap, type Tree, type TreeMap, yamlText } from './templates-tree.ts';
import { LANGUAGES } from './templates-versions.ts';

export interface TemplateCase {
  readonly name: string;
  /** What was done to the template, one of few words. */
  readonly kind: string;
  /** Exactly what. */
  readonly detail: string;
  /** For `POST /validate`. */
  readonly body: Readonly<Record<string, unknown>>;
}

const MUTATIONS = { ...TEMPLATE_MUTATIONS, ...RESOURCE_MUTATIONS };
/** Every kind as often as its weight says. */
const DRAW: readonly string[] = Object.entries(MUTATIONS).flatMap(([kind, [weight]]) => Array.from({ length: weight }, () => kind));

export function* generatedCases(seed: string | number, count: number, types: Types): Generator<TemplateCase> {
  for (let number = 0; number < count; number++) yield generatedCase(`${seed}:${number}`, types);
}

/** One case by its name, which is the seed of all its choices. */
export function generatedCase(name: string, types: Types): TemplateCase {
  const dice = diceOf(name);
  const which = dice.below(100);
  if (which < 5) return { name, ...oddText(dice) };
  if (which < 7) return { name, ...oddBody(dice, types) };
  if (which < 13) return { name, ...withEnvironment(dice, types) };
  if (which < 18) return { name, ...withNested(dice) };
  return { name, ...changed(dice, types) };
}

type Unnamed = Omit<TemplateCase, 'name'>;

function oddText(dice: Dice): Unnamed {
  const { versionKey, version } = dice.pick(LANGUAGES);
  const text = dice.pick(TEXTS).replaceAll('@', `${versionKey}: ${version}`);
  return { kind: 'text', detail: JSON.stringify(text), body: { template: text } };
}

const BODIES: readonly ((template: unknown) => Readonly<Record<string, unknown>>)[] = [
  () => ({}),
  () => ({ template: null }),
  () => ({ template: '' }),
  () => ({ template: 5 }),
  () => ({ template: true }),
  () => ({ template: [] }),
  () => ({ template: {} }),
  (template) => ({ template: [template] }),
  (template) => ({ template: { template } }),
  (template) => ({ template, stack_name: 5 }),
  (template) => ({ template, files: null }),
  (template) => ({ template, files: [] }),
  (template) => ({ template, files: 'x' }),
  (template) => ({ template, files: { 'a.yaml': 'heat_template_version: 2018-08-31\nparameters: {text: {type: number}}' } }),
  (template) => ({ template, files: { 'a.yaml': 'heat_template_version: 1' } }),
  (template) => ({ template, files: { 'a.yaml': '{' } }),
  (template) => ({ template, files: { a: 5 } }),
  (template) => ({ template, parameters: null }),
  (template) => ({ template, parameters: { text: 'x' } }),
  (template) => ({ template, parameters: { nobody: 'x' } }),
  (template) => ({ template, parameters: ['a'] }),
  (template) => ({ template, parameters: 'a' }),
  (template) => ({ template, environment: null }),
  (template) => ({ template, environment_files: [] }),
  (template) => ({ template, environment_files: ['missing.yaml'] }),
  (template) => ({ template, environment_files: null }),
  (template) => ({ template, nothing: 1 }),
  (template) => ({ template, template_url: 'http://127.0.0.1:1/x' }),
];

function oddBody(dice: Dice, types: Types): Unnamed {
  const template = baseTemplate(dice, dice.pick(LANGUAGES), types);
  const which = dice.below(BODIES.length);
  const body = (BODIES[which] as (typeof BODIES)[number])(asData(template));
  const { template: _t, ...shown } = body;
  return { kind: 'body', detail: `${which}: ${JSON.stringify(shown)}`, body };
}

function withEnvironment(dice: Dice, types: Types): Unnamed {
  const language = dice.pick(LANGUAGES);
  const template = baseTemplate(dice, language, types);
  const environment = dice.pick(dice.chance(0.3) ? ENVIRONMENTS : BAD_ENVIRONMENTS);
  const sent = dice.chance(0.4) ? yamlText(environment) : environment;
  return {
    kind: 'environment',
    detail: JSON.stringify(sent),
    body: { template: written(dice, template), environment: sent, files: FILES },
  };
}

function withNested(dice: Dice): Unnamed {
  const { template, more, detail } = nestedRequest(dice, dice.pick(LANGUAGES));
  return { kind: 'nested', detail, body: { template: written(dice, template), ...(asData(more) as Readonly<Record<string, unknown>>) } };
}

function changed(dice: Dice, types: Types): Unnamed {
  const language = dice.pick(LANGUAGES);
  let template: Tree = baseTemplate(dice, language, types);
  const kinds: string[] = [];
  const details: string[] = [];
  const wanted = dice.chance(0.08) ? 2 : 1;
  while (kinds.length < wanted) {
    const kind = dice.pick(DRAW);
    const [, mutation] = MUTATIONS[kind] as readonly [number, Mutation];
    const result: ReturnType<Mutation> = isTreeMap(template) ? mutation({ dice, language, types, template: template as TreeMap }) : null;
    if (result === null) continue;
    template = result.template;
    kinds.push(kind);
    details.push(result.detail);
    if (!isTreeMap(template)) break;
  }
  const environment = dice.chance(0.1) ? { environment: { parameters: { text: 'given' } } } : {};
  const isText = kinds.includes('notation');
  const body = { template: isText ? yamlText(template) : written(dice, template), files: FILES, ...environment };
  return { kind: kinds.toSorted().join(' + '), detail: `${language.version}: ${details.join('; ')}`, body };
}

function written(dice: Dice, template: Tree): unknown {
  switch (dice.below(5)) {
    case 0:
      return asData(template);
    case 1:
      return JSON.stringify(asData(template), null, dice.pick([0, 2]));
    default:
      return yamlText(template);
  }
}
