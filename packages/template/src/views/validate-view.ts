/** The body of `POST /validate`: what a template wants to know, in the words of that call. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { shownSinks } from '../environment/event-sinks.ts';
import type { Environment } from '../definition/bound.ts';
import type { Definition, ParameterConstraint, ParameterSchema, ParameterType } from '../definition/definition.ts';
import { givenValue } from '../parameters/parameter-values.ts';
import { pseudoNames } from '../parameters/pseudo.ts';
import { isFalsy } from '../semantics/truth.ts';
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
    event_sinks: shownSinks(environment.eventSinks),
    ...(environment.encryptedParamNames.length > 0 ? { encrypted_param_names: environment.encryptedParamNames } : {}),
  };
}

/**
 * What stands in the document is shown as it stands there: a description that is no text, groups with further keys. Defaults are those of
 * the environment where it has some; parameters that every template has are not shown.
 */
export function validateView(definition: Definition, environment: Environment, parameters: JsonObject = {}): JsonObject {
  const { raw, language, keys } = definition;
  const written = language === 'hot' ? WRITTEN.hot : WRITTEN.cfn;
  const schemas = [...definition.parameters.values()].filter(({ name }) => !written.own.includes(name));
  const hidden = new Set(schemas.filter((schema) => schema.hidden).map((schema) => schema.name));
  const shown = schemas.map((schema): [string, Json] => {
    const value = givenValue({ ...schema, hasDefault: false }, { ...environment, parameterDefaults: {} }, parameters);
    const declared = fieldsOf(fieldsOf(raw[keys.parameters])[schema.name]);
    const fallback = environment.parameterDefaults[schema.name] ?? schema.default;
    const {
      Description: _description,
      Label: _label,
      ...view
    } = parameterSchemaView({ ...schema, default: fallback, hasDefault: fallback !== null }, value);
    return [
      schema.name,
      { ...view, Description: orElse(declared[written.description], ''), Label: orElse(declared[written.label], schema.name) },
    ];
  });
  const groups = raw['parameter_groups'] ?? null;
  return {
    Description: orElse(raw[written.description], 'No description'),
    Parameters: Object.fromEntries(shown),
    ...(isFalsy(groups) ? {} : { ParameterGroups: groups }),
    Environment: environmentView(
      { ...environment, encryptedParamNames: [], parameters: { ...environment.parameters, ...parameters } },
      hidden,
    ),
  };
}

const WRITTEN = {
  hot: { description: 'description', label: 'label', own: [...pseudoNames('hot'), 'OS::region'] },
  cfn: { description: 'Description', label: 'Label', own: pseudoNames('cfn') },
} as const;

const fieldsOf = (value: Json | undefined): JsonObject => (isJsonObject(value ?? null) ? (value as JsonObject) : {});
const orElse = (value: Json | undefined, otherwise: Json): Json => (value === undefined || isFalsy(value) ? otherwise : value);
