/** A template in place of a type that exists, against that type: who uses the type must find the same properties and attributes. */
import type { Diagnostic } from '@hearth/kernel';
import type { ResourceType } from '@hearth/resource-kit';
import type { BoundDefinition, Definition } from '@hearth/template';
import { error } from './findings.ts';

/** The kind of parameter that a property of each kind can be. */
const PARAMETERS: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  list: 'comma_delimited_list',
  map: 'json',
};

/** `name`: the resource of `parent`; `definition` is the template that stands for `facade`, null where there is no such type. */
export function facadeProblems(
  definition: Definition,
  facade: ResourceType | null,
  name: string,
  parent: BoundDefinition,
): readonly Diagnostic[] {
  const { parameters, outputs } = definition;
  // What could not be read may well be there.
  if (facade === null || definition.unread !== undefined) return [];
  const found: string[] = [];
  for (const [property, schema] of Object.entries(facade.properties)) {
    const parameter = parameters.get(property);
    if (parameter === undefined) {
      if (schema.required === true) found.push(`Required property ${property} for facade ${facade.name} missing in provider`);
      continue;
    }
    const kind = PARAMETERS[schema.kind];
    if (kind !== undefined && kind !== parameter.type)
      found.push(`Property ${property} type mismatch between facade ${facade.name} (${schema.kind}) and provider (${parameter.type})`);
  }
  for (const parameter of parameters.values())
    if (!parameter.hasDefault && !Object.hasOwn(facade.properties, parameter.name))
      found.push(`Provider requires property ${parameter.name} unknown in facade ${facade.name}`);
  for (const attribute of Object.keys(facade.attributes))
    if (attribute !== 'show' && !outputs.has(attribute)) found.push(`Attribute ${attribute} for facade ${facade.name} missing in provider`);
  const path = parent.definition.resources.get(name)?.path ?? [];
  return found.map((message) => error('facade', message, path, parent.definition, 'the environment maps the type to this template'));
}
