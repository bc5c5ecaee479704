/** `AWS::CloudFormation::WaitConditionHandle`: where guests send the signals that a wait condition waits for. */
import { declaredType } from '@hearth/resource-kit';

export const awsWaitConditionHandle = declaredType({
  name: 'AWS::CloudFormation::WaitConditionHandle',
  doc: 'Takes the signals that an AWS::CloudFormation::WaitCondition waits for; `Ref` gives the signed URL to send them to.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  properties: {},
  attributes: {},
});
