/** @hearth/resource-kit: how a resource type is written. */
export {
  NeedsReplacement,
  ResourceFailed,
  type Call,
  type Done,
  type Live,
  type Progress,
  type RawDefinition,
  type Registry,
  type ResourceExample,
  type ResourceType,
  type SupportStatus,
  type Update,
  type Wait,
} from './contract.ts';
export type { AttributeSchema, Constraint, PropertyKind, PropertySchema } from './schema.ts';
