/** The values of all parameters: what the user gave over the environment's defaults over the template's, coerced and checked. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { Environment, PseudoParameters } from '../definition/bound.ts';
import type { Definition, ParameterSchema } from '../definition/definition.ts';
import { type Problems, similar } from '../definition/problems.ts';
import { coerceParameter } from './coercion.ts';
import { brokenConstraint } from './constraints.ts';
import { pseudoNames, pseudoValues } from './pseudo.ts';

export interface ParameterInput {
  readonly definition: Pick<Definition, 'language' | 'parameters' | 'keys'>;
  readonly environment: Environment;
  /** Over the environment's. */
  readonly parameters: JsonObject;
  readonly pseudo: PseudoParameters;
  /** Values are demanded and checked; otherwise a missing or unfit one is left out. */
  readonly strict: boolean;
}

/** What was given for a parameter, before coercion; null when nothing was. Null itself counts as nothing. */
export function givenValue(schema: ParameterSchema, environment: Environment, parameters: JsonObject): Json {
  const { name } = schema;
  const own = (map: JsonObject): Json => (Object.hasOwn(map, name) ? (map[name] ?? null) : null);
  return (
    own(parameters) ?? own(environment.parameters) ?? own(environment.parameterDefaults) ?? (schema.hasDefault ? schema.default : null)
  );
}

export function parameterValues(input: ParameterInput, problems: Problems): ReadonlyMap<string, Json> {
  const { definition, environment, parameters, pseudo, strict } = input;
  const { parameters: schemas, language, keys } = definition;
  const values = new Map<string, Json>(pseudoValues(language, pseudo));
  // Heat refuses CloudFormation's own names here.
  const reserved = language === 'hot' ? pseudoNames(language) : [];
  const given = new Set([...Object.keys(environment.parameters), ...Object.keys(parameters)]);
  for (const name of given) {
    if (schemas.has(name) || reserved.includes(name)) continue;
    problems.add({
      type: 'UnknownUserParameter',
      code: 'unknown-parameter',
      message: `The Parameter (${name}) was not defined in template.`,
      path: [keys.parameters, name],
      hint: similar(name, schemas.keys()),
    });
  }
  for (const [name, schema] of schemas) {
    const value = givenValue(schema, environment, parameters);
    const path = [keys.parameters, name];
    if (value === null) {
      if (strict) {
        const message = `The Parameter (${name}) was not provided.`;
        problems.add({
          type: 'UserParameterMissing',
          code: 'missing-parameter',
          message,
          path,
          hint: 'give it a value, or a default in the template',
        });
      }
      continue;
    }
    const coerced = coerceParameter(schema.type, value);
    const reason = coerced.reason ?? (strict ? brokenConstraint(schema, coerced.value, problems.costs) : null);
    if (reason === null) values.set(name, coerced.value);
    else if (strict) {
      problems.add({
        type: 'StackValidationFailed',
        code: 'invalid-parameter',
        message: `Parameter '${name}' is invalid: ${reason}`,
        path,
      });
    }
  }
  return values;
}
