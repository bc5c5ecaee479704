/** A resource type as `resource type show` and `resource type template` give it (rest-api-v1.md section 13). */
import { unreachable, type Json, type JsonObject } from '@hearth/kernel';
import type { ResourceType, SupportStatus } from './contract.ts';
import type { Constraint, PropertyKind, PropertySchema } from './schema.ts';

/** Body of `GET /resource_types/{name}`. */
export function resourceTypeView<C>(type: ResourceType<C>, withDescription: boolean): JsonObject {
  const attributes = toldAttributes(type).map(
    ([name, { doc, kind }]) => [name, { ...(kind !== undefined && { type: kind }), ...(doc !== '' && { description: doc }) }] as const,
  );
  return {
    resource_type: type.name,
    properties: propertiesView(toldProperties(type)),
    attributes: Object.fromEntries(attributes),
    support_status: supportView(type.support),
    ...(withDescription && { description: type.doc }),
  };
}

const supportView = ({ status, message, since, previous }: SupportStatus): JsonObject => ({
  status,
  message: message ?? null,
  version: since,
  previous_status: previous === undefined ? null : supportView(previous),
});

const toldAttributes = <C>(type: ResourceType<C>) => Object.entries(type.attributes).filter(([, { isHidden }]) => isHidden !== true);

const propertiesView = (schemas: Readonly<Record<string, PropertySchema>>): JsonObject =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, propertyView(schema)]));

/** The properties of a type that users are told of. Inside of maps and lists everything is told, as in Heat. */
export function toldProperties<C>(type: ResourceType<C>): Readonly<Record<string, PropertySchema>> {
  const isTold = ({ support }: PropertySchema): boolean => support?.status !== 'HIDDEN' && support?.status !== 'UNSUPPORTED';
  return Object.fromEntries(Object.entries(type.properties).filter(([, schema]) => isTold(schema)));
}

function propertyView(schema: PropertySchema): JsonObject {
  const inner =
    schema.items === undefined ? (schema.fields === undefined ? null : propertiesView(schema.fields)) : { '*': propertyView(schema.items) };
  return {
    type: schema.kind,
    ...(schema.doc !== '' && { description: schema.doc }),
    ...(schema.default !== undefined && { default: schema.default }),
    ...(inner !== null && { schema: inner }),
    required: schema.required,
    ...(schema.constraints !== undefined && schema.constraints.length > 0 && { constraints: schema.constraints.map(constraintView) }),
    update_allowed: schema.updatable,
    immutable: schema.immutable ?? false,
  };
}

function constraintView(constraint: Constraint): JsonObject {
  const described = constraint.message === undefined ? {} : { description: constraint.message };
  switch (constraint.kind) {
    case 'range':
    case 'length':
      return { [constraint.kind]: limits(constraint.min, constraint.max, 'min', 'max'), ...described };
    case 'modulo':
      return { modulo: { step: constraint.step, offset: constraint.offset }, ...described };
    case 'allowed-values':
      return { allowed_values: constraint.values, ...described };
    case 'allowed-pattern':
      return { allowed_pattern: constraint.pattern, ...described };
    case 'custom':
      return { custom_constraint: constraint.name, ...described };
    default:
      return unreachable(constraint);
  }
}

const limits = (min: number | null, max: number | null, minKey: string, maxKey: string): JsonObject => ({
  ...(min !== null && { [minKey]: min }),
  ...(max !== null && { [maxKey]: max }),
});

/** What a generated template calls its resource. */
export const templateNameOf = <C>(type: ResourceType<C>): string => type.templateName ?? (type.name.split('::').at(-1) as string);

/** A template with one resource of the type: its properties as parameters, its attributes as outputs. */
export function generateTemplate<C>(type: ResourceType<C>, language: 'hot' | 'cfn'): JsonObject {
  const name = templateNameOf(type);
  const shown = Object.entries(toldProperties(type));
  const description = `Initial template of ${name}`;
  if (language === 'hot') {
    return {
      heat_template_version: '2016-10-14',
      description,
      parameters: Object.fromEntries(shown.map(([key, schema]) => [key, hotParameter(schema)])),
      resources: { [name]: { type: type.name, properties: Object.fromEntries(shown.map(([key]) => [key, { get_param: key }])) } },
      outputs: {
        ...Object.fromEntries(
          toldAttributes(type).map(([key, { doc }]) => [key, { value: { get_attr: [name, key] }, description: doc === '' ? null : doc }]),
        ),
        'OS::stack_id': { value: { get_resource: name } },
      },
    };
  }
  return {
    HeatTemplateFormatVersion: '2012-12-12',
    Description: description,
    Parameters: Object.fromEntries(shown.map(([key, schema]) => [key, cfnParameter(schema)])),
    Resources: {
      [name]: { Type: type.name, Properties: Object.fromEntries(shown.map(([key, schema]) => [key, cfnReference(key, schema)])) },
    },
    Outputs: {
      ...Object.fromEntries(
        toldAttributes(type).map(([key, { doc }]) => [key, { Value: { 'Fn::GetAtt': [name, key] }, Description: doc === '' ? null : doc }]),
      ),
      'OS::stack_id': { Value: { Ref: name } },
    },
  };
}

type ParameterKind = 'string' | 'number' | 'boolean' | 'comma_delimited_list' | 'json';
const PARAMETER_KIND: Readonly<Record<PropertyKind, ParameterKind>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  list: 'comma_delimited_list',
  map: 'json',
  any: 'json',
};
const CFN_KIND: Readonly<Record<ParameterKind, string>> = {
  string: 'String',
  number: 'Number',
  boolean: 'Boolean',
  comma_delimited_list: 'CommaDelimitedList',
  json: 'Json',
};

const hotParameter = (schema: PropertySchema): JsonObject => ({
  type: PARAMETER_KIND[schema.kind],
  ...(schema.doc !== '' && { description: schema.doc }),
  ...(schema.default !== undefined && { default: schema.default }),
  ...(schema.constraints !== undefined && schema.constraints.length > 0 && { constraints: schema.constraints.map(constraintView) }),
  ...(schema.secret === true && { hidden: true }),
});

const cfnParameter = (schema: PropertySchema): JsonObject => ({
  Type: CFN_KIND[PARAMETER_KIND[schema.kind]],
  ...(schema.doc !== '' && { Description: schema.doc }),
  ...(schema.default !== undefined && { Default: schema.default }),
  ...Object.assign({}, ...(schema.constraints ?? []).map(cfnConstraint)),
  ...(schema.kind === 'boolean' && { AllowedValues: ['True', 'true', 'False', 'false'] }),
  ...(schema.secret === true && { NoEcho: true }),
});

/** CloudFormation knows neither steps nor named rules. */
function cfnConstraint(constraint: Constraint): JsonObject {
  switch (constraint.kind) {
    case 'range':
      return limits(constraint.min, constraint.max, 'MinValue', 'MaxValue');
    case 'length':
      return limits(constraint.min, constraint.max, 'MinLength', 'MaxLength');
    case 'allowed-values':
      return { AllowedValues: constraint.values };
    case 'allowed-pattern':
      return { AllowedPattern: constraint.pattern };
    case 'modulo':
    case 'custom':
      return {};
    default:
      return unreachable(constraint);
  }
}

const cfnReference = (key: string, schema: PropertySchema): Json =>
  schema.kind === 'list' ? { 'Fn::Split': [',', { Ref: key }] } : { Ref: key };
