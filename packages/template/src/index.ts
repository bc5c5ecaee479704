/** @hearth/template: templates and environments in, immutable definitions and resolved values out. Pure. */
export type {
  Definition,
  Expression,
  OutputDefinition,
  ParameterConstraint,
  ParameterGroup,
  ParameterSchema,
  ParameterType,
  ParseResult,
  ResourceDefinition,
} from './definition/definition.ts';
export type { BoundDefinition, BoundResource, Environment, PseudoParameters, References, Resolved } from './definition/bound.ts';
