/** `AWS::CloudFormation::Stack`: a stack of its own, made from the template at a URL. Behaviour: templates.md 8.2. */
import { isJsonObject, type Json } from '@hearth/kernel';
import {
  type ChildDefinition,
  type ChildView,
  compositeType,
  type CompositeInput,
  p,
  ResourceFailed,
  type Selection,
} from '@hearth/resource-kit';
import { exactPath } from '@hearth/template';
import { noSuchAttribute } from './members.ts';
import { outputOf, readTemplate, stackArn } from './template-of-file.ts';

const OUTPUTS = 'Outputs.';

function definition(input: CompositeInput): ChildDefinition {
  const { props, files, isTrial } = input;
  const { TemplateURL: url, Parameters: given, TimeoutInMinutes: minutes } = props;
  const text = typeof url === 'string' && Object.hasOwn(files, url) ? files[url] : undefined;
  // A URL that is not known yet is looked for when it is.
  if (text === undefined && isTrial) return { template: { HeatTemplateFormatVersion: '2012-12-12' }, parameters: {}, asks: {} };
  if (text === undefined)
    throw new ResourceFailed(
      `Could not fetch remote template '${String(url)}': a URL that functions compute is not fetched. Send the template under that URL in "files".`,
      'StackValidationFailed',
    );
  return {
    template: readTemplate(text, String(url)),
    parameters: isJsonObject(given) ? given : {},
    asks: {},
    ...(typeof minutes === 'number' && { timeoutMins: minutes }),
  };
}

function select([key, ...path]: Selection, child: ChildView): Json {
  if (key === '*') return {};
  const output = key.startsWith(OUTPUTS) ? outputOf(child, key.slice(OUTPUTS.length)) : undefined;
  if (output === undefined) throw noSuchAttribute(child, [key]);
  return exactPath(output, path) ?? null;
}

export const awsStack = compositeType({
  name: 'AWS::CloudFormation::Stack',
  doc: 'A stack of its own, made from a template at a URL. Its outputs are the attributes `Outputs.<name>`.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    TemplateURL: p.string('Where the template is.', { required: true, updatable: true }),
    Parameters: p.map('Values of the parameters of the template.', { updatable: true }),
    TimeoutInMinutes: p.integer('Minutes that making or changing it may take.', { updatable: true }),
  },
  attributes: {},
  examples: [
    {
      name: 'a template at a URL',
      props: { TemplateURL: 'http://templates.example/pair.yaml', Parameters: { value: 'a' } },
      updates: [{ Parameters: { value: 'b' } }, { TimeoutInMinutes: 30 }],
    },
  ],
  composite: {
    definition,
    select,
    templateFile: ({ TemplateURL: url }) => (typeof url === 'string' ? url : null),
    referenceId: stackArn,
  },
});
