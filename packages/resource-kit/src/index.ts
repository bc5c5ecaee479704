/** @hearth/resource-kit: how a resource type is written. */
export {
  NeedsReplacement,
  ResourceFailed,
  type Batch,
  type BatchInput,
  type Call,
  type ChildDefinition,
  type ChildView,
  type Composite,
  type CompositeInput,
  type Copying,
  type Done,
  type HandingOver,
  type Live,
  type OtherDefinitions,
  type Progress,
  type RawDefinition,
  type Registry,
  type ResourceExample,
  type ResourceType,
  type Seen,
  type Selection,
  type SupportStatus,
  type TakingBack,
  type Update,
  type Wait,
} from './contract.ts';
export { CONFIG_TYPES, configInputs, configOutputs } from './config-entries.ts';
export { base64OfText } from './base64.ts';
export { mimeDocument, mimeParts, subtypeOf, type MimePart } from './mime.ts';
export type { ConfigShelf, NewConfig, StoredConfig } from './config-shelf.ts';
export {
  NO_SIGNALS,
  type Signal,
  type SignalledResource,
  type SignalPlace,
  type SignalShelf,
  type SignalTaking,
  type SignalUrlKind,
  type SignalVerdict,
} from './signals.ts';
export { isSigned, placeOf, signedUrl, signingOf, withSigning, type SignedPlace, type Signing, type SigningKey } from './signed-url.ts';
export { stackUserOf, withStackUser, type StackUser } from './stack-user.ts';
export type { AttributeSchema, Constraint, PropertyKind, PropertySchema } from './schema.ts';
export {
  a,
  c,
  compositeType,
  declaredType,
  done,
  p,
  resourceTypes,
  wait,
  type Attribute,
  type Attributes,
  type Changed,
  type Observed,
  type Properties,
  type Property,
  type PropertyOptions,
  type Props,
  type TypedResource,
} from './kit.ts';
export { checkProperties, type CheckedProperties, type CheckOptions, type CustomCheck, type PropertyProblem } from './check-properties.ts';
export { brokenConstraint, type PatternMatcher } from './constraints.ts';
export { conflict, isEmpty, isFilled, isGiven, needsBeside, needsValue, oneNeeded } from './combinations.ts';
export { isSet, nameOr, orNull } from './given-texts.ts';
export { coerceScalar } from './coerce.ts';
export { classifyChange, type ChangeVerdict } from './classify-change.ts';
export {
  asSent,
  inAnyOrder,
  liveDifferences,
  liveFields,
  liveName,
  matchesEach,
  ofGiven,
  type LiveDifference,
} from './live-differences.ts';
export { hiddenProperties } from './hidden-properties.ts';
export { otherDefinitions } from './other-definitions.ts';
export { placeholderType } from './placeholder.ts';
export { registryOf } from './registry.ts';
export { labels } from './labels.ts';
export { instanceRolling, launchConfigurationProblems, pauseProblems, sizeProblems, stepProblems } from './scaling.ts';
export { generateTemplate, resourceTypeView, templateNameOf } from './views.ts';
