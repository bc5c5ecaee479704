/** The values of one resource or output of a bound definition, given what is known of the other resources. */
import { Bug, isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';
import type { BoundDefinition, BoundResource, References, Resolved } from '../definition/bound.ts';
import type { Expression, OutputDefinition } from '../definition/definition.ts';
import { Problems } from '../definition/problems.ts';
import { declaredNames, tableOf, withUnread } from './bind-definition.ts';
import { type DeletionPolicy, deletionPolicyOf } from './deletion-policy.ts';
import { Evaluation } from './evaluation.ts';

export interface ResolvedResource {
  readonly properties: Resolved<JsonObject>;
  readonly metadata: Resolved<JsonObject>;
  readonly deletionPolicy: DeletionPolicy;
  /** Id of a thing that is there already and only looked at; null: none; empty: it cannot be known. */
  readonly externalId: string | null;
}

function evaluate<T>(
  bound: BoundDefinition,
  references: References,
  run: (evaluation: Evaluation) => T,
): { result: T; evaluation: Evaluation; problems: Problems } {
  const { definition, parameters, hidden, files, facade, conditions, resources, outside, undecided } = bound;
  const problems = new Problems(definition.positionOf);
  const declared = declaredNames(definition);
  const evaluation = new Evaluation({
    table: tableOf(definition),
    parameters,
    declared,
    hidden,
    files,
    facade,
    conditions,
    resources: withUnread(resources, definition),
    references,
    mappings: definition.mappings,
    outside,
    problems,
    ...(undecided !== undefined && { undecided }),
  });
  return { result: run(evaluation), evaluation, problems };
}

/** Any expression of the definition; `path` says where it stands. */
export function resolveExpression(bound: BoundDefinition, expression: Expression, path: Path, references: References): Resolved {
  const { result, evaluation, problems } = evaluate(bound, references, (scope) => scope.valueOf(expression, path));
  return { value: result, unknown: evaluation.unknown, secret: evaluation.secret, diagnostics: problems.list() };
}

const asMap = (resolved: Resolved): Resolved<JsonObject> => ({ ...resolved, value: isJsonObject(resolved.value) ? resolved.value : {} });

const asText = (value: Json): string => (typeof value === 'string' ? value : '');

/** The name must be one of `bound.resources`. */
export function resolveResource(bound: BoundDefinition, name: string, references: References): ResolvedResource {
  const resource: BoundResource | undefined = bound.resources.get(name);
  if (resource === undefined) throw new Bug(`the bound definition has no resource "${name}"`);
  const { properties, metadata, deletionPolicy, externalId, path } = resource.definition;
  const { keys } = bound.definition;
  const policy = resolveExpression(bound, deletionPolicy, [...path, keys.deletionPolicy], references).value;
  return {
    properties: asMap(resolveExpression(bound, properties, [...path, keys.properties], references)),
    metadata: asMap(resolveExpression(bound, metadata, [...path, keys.metadata], references)),
    deletionPolicy: (typeof policy === 'string' ? deletionPolicyOf(policy) : null) ?? 'delete',
    externalId: externalId === null ? null : asText(resolveExpression(bound, externalId, [...path, keys.externalId], references).value),
  };
}

/** What went into a property: something not known yet, something hidden. */
export type Origin = Pick<Resolved, 'unknown' | 'secret'>;
export interface PropertyOrigins {
  readonly named: ReadonlyMap<string, Origin>;
  /** Of every property that is not named: one call yields them all. */
  readonly others: Origin;
}

/** Where each property of the resource, as it is written, comes from. */
export function propertyOrigins(bound: BoundDefinition, name: string, references: References): PropertyOrigins {
  const resource = bound.resources.get(name);
  if (resource === undefined) throw new Bug(`the bound definition has no resource "${name}"`);
  const { properties, path } = resource.definition;
  const base = [...path, bound.definition.keys.properties];
  const origin = (expression: Expression, at: Path): Origin => {
    const { unknown, secret } = resolveExpression(bound, expression, at, references);
    return { unknown, secret };
  };
  if (properties.kind !== 'map') return { named: new Map(), others: origin(properties, base) };
  const named = properties.entries.map(([key, item]) => [key, origin(item, [...base, key])] as const);
  return { named: new Map(named), others: { unknown: false, secret: false } };
}

/** An output whose condition is false is null. Errors are in the diagnostics; the value is null then. */
export function resolveOutput(bound: BoundDefinition, name: string, references: References): Resolved<Json> {
  const output: OutputDefinition | undefined = bound.outputs.get(name);
  if (output === undefined) throw new Bug(`the bound definition has no output "${name}"`);
  const { condition, value, path } = output;
  const { keys } = bound.definition;
  if (condition !== null) {
    const { result } = evaluate(bound, references, (scope) => scope.conditionOf(condition, [...path, keys.condition]));
    if (!result) return { value: null, unknown: false, secret: false, diagnostics: [] };
  }
  return resolveExpression(bound, value, [...path, keys.value], references);
}
