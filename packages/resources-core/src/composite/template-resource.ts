/**
 * A resource that a template stands for: a provider template. Its properties are the template's parameters and its attributes the outputs
 * (templates.md 8.1). Users never name this type: an environment or a file name leads to it.
 */
import { isJsonObject, type Json } from '@hearth/kernel';
import {
  compositeType,
  ResourceFailed,
  type ChildDefinition,
  type ChildView,
  type CompositeInput,
  type Selection,
} from '@hearth/resource-kit';
import { exactPath } from '@hearth/template';
import { isReachIn, memberAsks, noSuchAttribute, selectFromResource } from './members.ts';
import { parameterTypes, passedDown } from './passed-down.ts';
import { outputOf, readTemplate, stackArn } from './template-of-file.ts';

const STACK_ID_OUTPUT = 'OS::stack_id';

function definition(input: CompositeInput): ChildDefinition {
  const { files, templateKey } = input;
  const text = templateKey !== null && Object.hasOwn(files, templateKey) ? files[templateKey] : undefined;
  if (text === undefined)
    throw new ResourceFailed(
      `no content was sent for the template "${templateKey ?? ''}": send it along in "files"`,
      'StackValidationFailed',
    );
  const value = readTemplate(text, templateKey ?? '');
  const resources = isJsonObject(value['resources']) ? value['resources'] : isJsonObject(value['Resources']) ? value['Resources'] : {};
  const reaching = input.asked.filter(([key]) => isReachIn(key));
  const types = parameterTypes(value);
  // Null of a look may be what is not known yet.
  const given = Object.entries(input.props).filter(([, property]) => property !== null || !input.isTrial);
  return {
    template: value,
    parameters: Object.fromEntries(given.map(([name, property]) => [name, passedDown(input.resourceName, name, property, types[name])])),
    asks: memberAsks(reaching, Object.keys(resources)),
  };
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
      const output = outputOf(child, key);
      if (output === undefined) throw noSuchAttribute(child, [key]);
      return exactPath(output, path) ?? null;
    },
    referenceId(child) {
      const value = ownId(child);
      if (value !== undefined) return typeof value === 'string' ? value : JSON.stringify(value);
      return stackArn(child);
    },
  },
});
