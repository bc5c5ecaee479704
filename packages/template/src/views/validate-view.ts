/** The body of `POST /validate`: what a template wants to know, in the words of that call. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { Environment } from '../definition/bound.ts';
import type { Definition, ParameterConstraint, ParameterSchema, ParameterType } from '../definition/definition.ts';
import { givenValue } from '../parameters/parameter-values.ts';
import { MASK } from './parameter-view.ts';

const TYPE_NAMES: Readonly<Record<ParameterType, string>> = {
  string: 'String',
  number: 'Number',
  comma_delimited_list: 'CommaDelimitedList',
  json: 'Json',
  boolean: 'Boolean',
};

function constraintView(constraint: ParameterConstraint): JsonObject {
  const bounds = (min: string, max: string, values: { min: number | null; max: number | null }): JsonObject => ({
    ...(values.min === null ? {} : { [min]: values.min }),
    ...(values.max === null ? {} : { [max]: values.max }),
  });
  switch (constraint.kind) {
    case 'length':
      return bounds('MinLength', 'MaxLength', constraint);
    case 'range':
      return bounds('MinValue', 'MaxValue', constraint);
    case 'modulo':
      return { Step: constraint.step, Offset: constraint.offset };
    case 'allowed-values':
      return { AllowedValues: constraint.values };
    case 'allowed-pattern':
      return { AllowedPattern: constraint.pattern };
    case 'custom':
      return { CustomConstraint: constraint.name };
  }
}

/** One parameter; `Value` is there when one was given that is neither empty nor zero nor false, as Heat has it. */
export function parameterSchemaView(schema: ParameterSchema, value: Json): JsonObject {
  const messages = schema.constraints.flatMap((constraint) => (constraint.message === null ? [] : [constraint.message]));
  return {
    Type: TYPE_NAMES[schema.type],
    Description: schema.description,
    NoEcho: String(schema.hidden),
    Label: schema.label ?? schema.name,
    ...(schema.hasDefault ? { Default: schema.default } : {}),
    ...(isTelling(value) ? { Value: schema.hidden ? MASK : value } : {}),
    ...Object.assign({}, ...schema.constraints.map(constraintView)),
    ...(messages.length > 0 ? { ConstraintDescription: messages.join(' ') } : {}),
    ...(schema.tags.length > 0 ? { Tags: schema.tags } : {}),
  };
}

const isTelling = (value: Json): boolean =>
  value !== null && value !== '' && value !== 0 && value !== false && !(typeof value === 'object' && Object.keys(value).length === 0);

/** An environment in its sections, hidden parameters masked. */
export function environmentView(environment: Environment, hidden: ReadonlySet<string> = new Set()): JsonObject {
  const masked = (map: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name, hidden.has(name) ? MASK : value]));
  return {
    parameters: masked(environment.parameters),
    parameter_defaults: masked(environment.parameterDefaults),
    resource_registry: { resources: {}, ...environment.resourceRegistry },
    event_sinks: environment.eventSinks,
    ...(environment.encryptedParamNames.length > 0 ? { encrypted_param_names: environment.encryptedParamNames } : {}),
  };
}

export function validateView(definition: Definition, environment: Environment, parameters: JsonObject = {}): JsonObject {
  const schemas = [...definition.parameters.values()];
  const hidden = new Set(schemas.filter((schema) => schema.hidden).map((schema) => schema.name));
  const givenTo = (schema: ParameterSchema): Json => givenValue({ ...schema, hasDefault: false }, environment, parameters);
  return {
    Description: definition.description,
    Parameters: Object.fromEntries(schemas.map((schema) => [schema.name, parameterSchemaView(schema, givenTo(schema))])),
    ...(definition.parameterGroups.length > 0
      ? {
          ParameterGroups: definition.parameterGroups.map((group) => ({
            ...(group.label === null ? {} : { label: group.label }),
            ...(group.description === null ? {} : { description: group.description }),
            parameters: group.parameters,
          })),
        }
      : {}),
    Environment: environmentView({ ...environment, parameters: { ...environment.parameters, ...parameters } }, hidden),
  };
}
