/** Resource types by the names that callers use: registered ones, other names for them, and templates that the operator has put behind a name. */
import { compositeType, type Constraint, type PropertyKind, type PropertySchema, type ResourceType } from '@hearth/resource-kit';
import {
  implementationOf,
  isTemplateName,
  parseTemplate,
  type Definition,
  type ParameterSchema,
  type ParameterType,
} from '@hearth/template';
import type { GlobalEnvironment, StackPorts } from './ports.ts';

type Ports = Pick<StackPorts, 'registry' | 'globalEnvironment'>;

/** The type behind a name; null: there is none. Its own name may be another one. */
export function typeNamed({ registry, globalEnvironment }: Ports, name: string): ResourceType | null {
  const { resourceRegistry } = globalEnvironment;
  const implementation = implementationOf({}, '', name, (one) => registry.get(one) !== null, resourceRegistry);
  if (implementation.kind === 'type') return registry.get(implementation.name);
  return templateTypes(globalEnvironment).get(implementation.key)?.(name) ?? null;
}

/** Every type but for other names: registered ones and templates behind a name, in the order of their names. */
export function allTypes({ registry, globalEnvironment }: Ports): readonly ResourceType[] {
  const made = templateTypes(globalEnvironment);
  const templates = Object.entries(globalEnvironment.resourceRegistry).flatMap(([name, target]) => {
    const type = typeof target === 'string' && isTemplateName(target) ? made.get(target)?.(name) : undefined;
    return type === undefined ? [] : [type];
  });
  const behind = new Set(templates.map(({ name }) => name));
  const registered = registry.names().flatMap((name) => (behind.has(name) ? [] : [registry.get(name) as ResourceType]));
  return [...registered, ...templates].sort((a, b) => (a.name < b.name ? -1 : 1));
}

type TypeOfName = (name: string) => ResourceType;
const known = new WeakMap<GlobalEnvironment, ReadonlyMap<string, TypeOfName>>();

/** What the operator's templates look like as types, by their files; read once. */
function templateTypes(environment: GlobalEnvironment): ReadonlyMap<string, TypeOfName> {
  const before = known.get(environment);
  if (before !== undefined) return before;
  const types = new Map<string, TypeOfName>();
  for (const [file, text] of Object.entries(environment.files)) {
    const { definition } = parseTemplate(text);
    if (definition !== null) types.set(file, (name) => typeOf(name, definition));
  }
  known.set(environment, types);
  return types;
}

const typeOf = (name: string, definition: Definition): ResourceType => ({
  ...compositeType({
    name,
    doc: definition.description,
    properties: Object.fromEntries([...definition.parameters].map(([key, schema]) => [key, propertyOf(schema)])),
    attributes: Object.fromEntries(
      [...definition.outputs].map(([key, { description }]) => [key, { doc: description ?? '', cache: 'stored' }]),
    ),
    examples: [],
    composite: { definition: () => ({ template: {}, parameters: {}, asks: {} }), select: () => null },
  }),
  templateName: name,
});

const KINDS: Readonly<Record<ParameterType, PropertyKind>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  comma_delimited_list: 'list',
  json: 'map',
};

/** What a parameter of a template is as a property: its default stays inside. */
const propertyOf = (schema: ParameterSchema): PropertySchema => ({
  kind: KINDS[schema.type],
  doc: schema.description,
  required: !schema.hasDefault,
  updatable: true,
  constraints: schema.constraints.map(
    ({ message, ...constraint }): Constraint => ({ ...constraint, ...(message !== null && { message }) }),
  ),
});
