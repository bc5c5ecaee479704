/** @hearth/template: templates and environments in, immutable definitions and resolved values out. Pure. */
export type {
  Definition,
  Expression,
  Names,
  OutputDefinition,
  ParameterConstraint,
  ParameterGroup,
  ParameterSchema,
  ParameterType,
  ParseResult,
  ResourceDefinition,
} from './definition/definition.ts';
export type { BoundDefinition, BoundResource, Environment, PseudoParameters, References, Resolved } from './definition/bound.ts';
export { nothingKnown, selectionKey } from './definition/bound.ts';
export { outsideOf, type Imported, type Outside, type TakenIn } from './binding/outside.ts';
export { loadDocument, type LoadedDocument } from './document/load-document.ts';
export { sharedDocument } from './document/shared-documents.ts';
export { Costs } from './definition/costs.ts';
export { valueSize } from './functions/value-size.ts';
export { jsonText } from './semantics/rendering.ts';
export { parseTemplate } from './parse-template.ts';
export { sharedTemplate } from './shared-templates.ts';
export { filesOf } from './environment/files-of.ts';
export { HOOKS, hooksOf, restrictedActionsOf, type Hook, type RestrictedAction } from './environment/breakpoints.ts';
export { mergeEnvironmentFiles, parameterTypes, type EnvironmentFile, type MergeInput } from './environment/merge-environments.ts';
export { appliedRegistry, withBaseUrl } from './environment/registry-entries.ts';
export { implementationOf, isTemplateName, nestedRegistry, type Implementation } from './environment/resource-registry.ts';
export { exactPath } from './functions/paths.ts';
export { namesInSub } from './functions/sub.ts';
export {
  emptyEnvironment,
  parseEnvironment,
  readEnvironment,
  type EnvironmentDocument,
  type ParsedEnvironment,
} from './environment/parse-environment.ts';
export { bindDefinition, type BindInput, type BindResult } from './binding/bind-definition.ts';
export type { DeletionPolicy } from './binding/deletion-policy.ts';
export {
  propertyOrigins,
  resolveExpression,
  resolveOutput,
  resolveResource,
  type Origin,
  type PropertyOrigins,
  type ResolvedResource,
} from './binding/resolve.ts';
export { parameterView } from './views/parameter-view.ts';
export { environmentView, validateView } from './views/validate-view.ts';
export { templateFunctions, templateVersions, type FunctionDescription, type TemplateVersion } from './views/version-lists.ts';
export { lintDefinition } from './lint/lint-definition.ts';
export { lintText } from './lint/lint-text.ts';
export { diagnoseAlone, type AloneInput } from './diagnosis/diagnose-alone.ts';
export { diagnosisOf, inMode, type Diagnosis, type DiagnosisMode } from './diagnosis/diagnosis.ts';
export { ENVIRONMENT, EnvironmentPlaces, type EnvironmentSource } from './diagnosis/environment-places.ts';
export { compilePattern, matchesPattern } from './parameters/pattern.ts';
