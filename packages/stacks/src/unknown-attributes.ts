/** Attributes that are asked of resources whose types do not have them. */
import { didYouMean, pathText, type Diagnostic } from '@hearth/kernel';
import { handlerOf, type CompiledDefinition, type StoredEnvironment } from '@hearth/engine';
import type { ResourceType } from '@hearth/resource-kit';
import { attributeReferences } from './attribute-references.ts';
import { error } from './findings.ts';
import type { StackPorts } from './ports.ts';

export function unknownAttributes({ registry }: StackPorts, { bound, implementations }: CompiledDefinition): readonly Diagnostic[] {
  const { definition } = bound;
  const expressions = [...bound.outputs.values()].map((output) => output.value);
  for (const resource of bound.resources.values()) expressions.push(resource.definition.properties, resource.definition.metadata);
  return attributeReferences(expressions).flatMap(({ resource, attribute, path }) => {
    const implementation = implementations.get(resource);
    const type = implementation === undefined ? null : registry.get(handlerOf(implementation));
    if (type === null || takesAnyAttribute(type)) return [];
    if (attribute === 'show' || Object.hasOwn(type.attributes, attribute)) return [];
    const meant = didYouMean(attribute, Object.keys(type.attributes));
    const message = `${pathText(path)}: : The Referenced Attribute (${resource} ${attribute}) is incorrect.`;
    return [error('unknown-attribute', message, path, definition, meant === null ? null : `did you mean "${meant}"?`)];
  });
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
