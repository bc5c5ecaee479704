/** Attributes that are asked of resources whose types do not have them. */
import { didYouMean, isJsonObject, pathText, type Diagnostic } from '@hearth/kernel';
import { handlerOf, type CompiledDefinition, type StoredEnvironment } from '@hearth/engine';
import type { ResourceType } from '@hearth/resource-kit';
import type { BoundDefinition, Definition, Expression } from '@hearth/template';
import { attributeReferences } from './attribute-references.ts';
import { error } from './findings.ts';
import type { StackPorts } from './ports.ts';

export function unknownAttributes({ registry }: StackPorts, { bound, implementations }: CompiledDefinition): readonly Diagnostic[] {
  const { definition } = bound;
  return attributeReferences(expressionsOf(bound)).flatMap(({ resource, attribute, path }) => {
    const implementation = implementations.get(resource);
    const type = implementation === undefined ? null : registry.get(handlerOf(implementation));
    if (type === null || takesAnyAttribute(type)) return [];
    if (attribute === 'show' || Object.hasOwn(type.attributes, attribute)) return [];
    const meant = didYouMean(attribute, Object.keys(type.attributes));
    const message = `${pathText(path)}: : The Referenced Attribute (${resource} ${attribute}) is incorrect.`;
    return [error('unknown-attribute', message, path, definition, meant === null ? null : `did you mean "${meant}"?`)];
  });
}

/** Outputs that are asked of resources for which templates stand, and that these do not have; `seen`: those templates by file. */
export function unknownOutputs(
  { bound, implementations }: CompiledDefinition,
  seen: ReadonlyMap<string, Definition>,
): readonly Diagnostic[] {
  return attributeReferences(expressionsOf(bound)).flatMap(({ resource, attribute, path }) => {
    const implementation = implementations.get(resource);
    const below = implementation?.kind === 'template' ? seen.get(implementation.key) : undefined;
    if (below === undefined || below.outputs.has(attribute) || attribute === 'show' || attribute.startsWith('resource.')) return [];
    // An output that could not be read has the name all the same.
    const written = below.raw[below.language === 'hot' ? 'outputs' : 'Outputs'];
    if (isJsonObject(written ?? null) && Object.hasOwn(written as object, attribute)) return [];
    const meant = didYouMean(attribute, below.outputs.keys());
    const message = `the template of "${resource}" has no output "${attribute}": the value will be null`;
    const hint = meant === null ? null : `did you mean "${meant}"?`;
    return [{ ...error('unknown-output', message, path, bound.definition, hint), severity: 'warning' }];
  });
}

function expressionsOf({ outputs, resources }: BoundDefinition): readonly Expression[] {
  const found = [...outputs.values()].map((output) => output.value);
  for (const { definition } of resources.values()) found.push(definition.properties, definition.metadata);
  return found;
}

/** A composite resource has the attributes of what it consists of. */
const takesAnyAttribute = ({ acceptsAnything, hasOpenAttributes, composite }: ResourceType): boolean =>
  acceptsAnything === true || hasOpenAttributes === true || composite !== undefined;

/** Attributes that the level above asks of a group's members, and that they do not have. */
export function unknownAsked(
  { registry }: StackPorts,
  { bound, implementations }: CompiledDefinition,
  { asks }: StoredEnvironment,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const name of bound.resources.keys()) {
    const implementation = implementations.get(name);
    const type = implementation === undefined ? null : registry.get(handlerOf(implementation));
    if (type === null || takesAnyAttribute(type)) continue;
    for (const attribute of new Set((asks?.[name] ?? []).map(([asked]) => asked))) {
      if (attribute === 'show' || Object.hasOwn(type.attributes, attribute)) continue;
      const meant = didYouMean(attribute, Object.keys(type.attributes));
      const hint = meant === null ? null : `did you mean "${meant}"?`;
      const message = `outputs.${attribute}.value.get_attr: : The Referenced Attribute (${name} ${attribute}) is incorrect.`;
      found.push(error('unknown-attribute', message, ['resources', name], bound.definition, hint));
    }
  }
  return found;
}
