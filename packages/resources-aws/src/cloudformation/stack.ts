/** `AWS::CloudFormation::Stack`: a stack of its own, whose template lies at a URL. */
import { declaredType, p } from '@hearth/resource-kit';

export const awsStack = declaredType({
  name: 'AWS::CloudFormation::Stack',
  doc: 'A stack of its own, made from a template at a URL. Its outputs are the attributes `Outputs.<name>`.',
  support: { status: 'SUPPORTED', since: null },
  hasOpenAttributes: true,
  properties: {
    TemplateURL: p.string('Where the template is.', { required: true, updatable: true }),
    Parameters: p.map('Values of the parameters of the template.', { updatable: true }),
    TimeoutInMinutes: p.integer('Minutes that making or changing it may take.', { updatable: true }),
  },
  attributes: {},
});
