/** `AWS::CloudFormation::WaitCondition`: waits until a handle was told so many times that all is well. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const awsWaitCondition = declaredType({
  name: 'AWS::CloudFormation::WaitCondition',
  doc: 'Waits for signals to an AWS::CloudFormation::WaitConditionHandle; what requires it is made after that.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  properties: {
    Handle: p.string('The handle, as `Ref` of it.', { required: true }),
    Timeout: p.integer('How many seconds to wait before giving up.', { required: true, constraints: [c.range(1, 43200)] }),
    Count: p.integer('How many signals of success to wait for.', { updatable: true, default: 1, constraints: [c.range(1, null)] }),
  },
  attributes: { Data: a.string('What the signals said, as JSON: data by id.', { cache: 'live' }) },
});
