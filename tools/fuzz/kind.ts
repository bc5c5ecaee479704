/** A kind of random documents: how one is made, and what is done with it. */
import type { Json, JsonObject, Path } from '@hearth/kernel';
import {
  bindDefinition,
  Costs,
  parameterView,
  parseEnvironment,
  parseTemplate,
  resolveOutput,
  resolveResource,
  validateView,
  type Definition,
  type ParseResult,
} from '@hearth/template';
import { MAX_PATTERN_STEPS, MAX_PRODUCED_IN_ALL } from '@hearth/template/testing';
import type { Arbitrary } from 'fast-check';

/** What one document has cost, by the name of the counter. */
export type Counters = Readonly<Record<string, number>>;

export interface Kind<T> {
  readonly name: string;
  /** How many of a hundred documents are of this kind. */
  readonly share: number;
  readonly arbitrary: Arbitrary<T>;
  /** Throws when something is wrong: an exception that is no answer, or a bound that does not hold. */
  run(document: T): Counters;
}

export function hold(claim: boolean, message: string): void {
  if (!claim) throw new Error(message);
}

/** Values for parameters, and how they are looked at. */
export interface Given {
  readonly parameters: Json;
  readonly strict: boolean;
  /** What every attribute of every resource, and every export of another stack, is. */
  readonly attribute: Json;
}

const pseudo = { stackId: 's', stackName: 'n', projectId: 'p' };

/** Everything that is ever done with a template: it is looked at, bound, and each of its values is resolved. */
export function runTemplate(source: string | JsonObject, { parameters, strict, attribute }: Given): Counters {
  const parsed = parseTemplate(source);
  checkParsed(parsed);
  const counters = { templates: 1, read: 0, bound: 0, produced: 0, 'pattern steps': 0 };
  for (const definition of [parsed.draft, parsed.definition]) {
    if (definition === null) continue;
    counters.read = parsed.definition === null ? 0 : 1;
    const { environment } = parseEnvironment({ parameters });
    if (definition === parsed.definition) validateView(definition, environment);
    const costs = new Costs();
    counters.bound = bindAndResolve(definition, { parameters, strict, attribute }, costs) ? 1 : 0;
    counters.produced = Math.max(counters.produced, costs.produced);
    counters['pattern steps'] = Math.max(counters['pattern steps'], costs.patternSteps);
    hold(costs.produced <= MAX_PRODUCED_IN_ALL, `${costs.produced} characters and elements were produced`);
    hold(costs.patternSteps <= MAX_PATTERN_STEPS, `patterns took ${costs.patternSteps} steps`);
  }
  return counters;
}

function checkParsed({ definition, diagnostics }: ParseResult): void {
  hold(definition !== null || diagnostics.length > 0, 'neither a definition nor a diagnostic');
  for (const { message, path } of diagnostics) hold(message !== '' && isPath(path), 'a diagnostic says nothing');
}

const isPath = (path: Path): boolean => path.every((step) => typeof step === 'string' || Number.isInteger(step));

function bindAndResolve(definition: Definition, { parameters, strict, attribute }: Given, costs: Costs): boolean {
  const { environment } = parseEnvironment({ parameters });
  const outside = { imported: () => ({ value: attribute, secret: false }), zones: () => ['nova'] };
  const { bound, diagnostics } = bindDefinition({ definition, environment, pseudo, files: { f: 'content' }, strict, outside, costs });
  hold(bound !== null || diagnostics.length > 0, 'neither bound nor a diagnostic');
  if (bound === null) return false;
  parameterView(bound);
  const references = { referenceId: () => 'id', attribute: () => attribute, allAttributes: () => ({ x: attribute }) };
  for (const name of bound.resources.keys()) resolveResource(bound, name, references);
  for (const name of bound.outputs.keys()) JSON.stringify(resolveOutput(bound, name, references).value);
  return true;
}
