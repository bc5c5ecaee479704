/**
 * A resource that a template stands for: a provider template. Its properties are the template's parameters and its attributes the outputs
 * (templates.md 8.1). Users never name this type: an environment or a file name leads to it.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import {
  compositeType,
  ResourceFailed,
  type ChildDefinition,
  type ChildView,
  type CompositeInput,
  type Selection,
} from '@hearth/resource-kit';
import { exactPath, sharedDocument } from '@hearth/template';
import { isReachIn, memberAsks, noSuchAttribute, selectFromResource } from './members.ts';

const STACK_ID_OUTPUT = 'OS::stack_id';

function definition(input: CompositeInput): ChildDefinition {
  const { files, templateKey } = input;
  const text = templateKey !== null && Object.hasOwn(files, templateKey) ? files[templateKey] : undefined;
  if (text === undefined)
    throw new ResourceFailed(
      `no content was sent for the template "${templateKey ?? ''}": send it along in "files"`,
      'StackValidationFailed',
    );
  const { value, diagnostics } = sharedDocument(text);
  if (diagnostics.length > 0 || !isJsonObject(value))
    throw new ResourceFailed(
      diagnostics[0] === undefined
        ? 'The template is not a JSON object or YAML mapping.'
        : `Error parsing template ${templateKey} ${diagnostics[0].message}`,
      'StackValidationFailed',
    );
  const resources = isJsonObject(value['resources']) ? value['resources'] : isJsonObject(value['Resources']) ? value['Resources'] : {};
  const reaching = input.asked.filter(([key]) => isReachIn(key));
  const types = parameterTypes(value);
  const given = Object.entries(input.props).filter(([, property]) => property !== null);
  return {
    template: value,
    parameters: Object.fromEntries(given.map(([name, property]) => [name, asParameter(property, types[name])])),
    asks: memberAsks(reaching, Object.keys(resources)),
  };
}

function parameterTypes(template: JsonObject): Readonly<Record<string, string>> {
  const section = template['parameters'] ?? template['Parameters'];
  if (!isJsonObject(section)) return {};
  return Object.fromEntries(
    Object.entries(section).map(([name, schema]) => [name, isJsonObject(schema) ? String(schema['type'] ?? schema['Type']) : '']),
  );
}

/** A list for a list parameter goes as comma text, a list of maps as `.member.N.key=value`; nulls in lists are empty. */
function asParameter(value: Json, type: string | undefined): Json {
  if (!isJsonArray(value) || type === undefined || /^json$/i.test(type)) return value;
  if (value.some(isJsonObject)) {
    const members = value.flatMap((item, index) =>
      isJsonObject(item) ? Object.entries(item).map(([key, one]) => `.member.${index}.${key}=${textOf(one)}`) : [textOf(item)],
    );
    return members.join(',');
  }
  return value.map((item) => (item === null ? '' : item));
}
const textOf = (value: Json): string => (value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));

function outputOf(child: ChildView, name: string): Json | undefined {
  try {
    return child.output(name);
  } catch (error) {
    if (!(error instanceof ResourceFailed)) throw error;
    throw new ResourceFailed(`Error in ${child.resourceName} output ${name}: ${error.message}`, error.type);
  }
}

function everyOutput(child: ChildView): Json {
  const values = child.outputNames.map((name) => {
    try {
      return [name, child.output(name) ?? null] as const;
    } catch (error) {
      if (error instanceof ResourceFailed) return [name, null] as const;
      throw error;
    }
  });
  return Object.fromEntries(values);
}

/** Undefined where the template says nothing of it, or nothing that can be computed. */
function ownId(child: ChildView): Json | undefined {
  if (!child.outputNames.includes(STACK_ID_OUTPUT)) return undefined;
  try {
    return child.output(STACK_ID_OUTPUT) ?? undefined;
  } catch (error) {
    if (error instanceof ResourceFailed) return undefined;
    throw error;
  }
}

export const templateResource = compositeType({
  name: 'OS::Heat::TemplateResource',
  doc: 'A resource that a template stands for.',
  support: { status: 'HIDDEN', since: null },
  hasOpenProperties: true,
  properties: {},
  attributes: {},
  examples: [],
  composite: {
    definition,
    select([key, ...path]: Selection, child) {
      if (isReachIn(key)) return selectFromResource(key, path, child);
      if (key === '*') return everyOutput(child);
      if (key === 'show') return null;
      const output = outputOf(child, key);
      if (output === undefined) throw noSuchAttribute(child, [key]);
      return exactPath(output, path) ?? null;
    },
    referenceId(child) {
      const value = ownId(child);
      if (value !== undefined) return typeof value === 'string' ? value : JSON.stringify(value);
      return `arn:openstack:heat::${child.projectId}:stacks/${child.name}/${child.stackId}`;
    },
  },
});
