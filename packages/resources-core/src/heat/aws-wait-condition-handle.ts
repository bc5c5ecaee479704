/** `AWS::CloudFormation::WaitConditionHandle`: where guests send the signals that a wait condition waits for. */
import type { Cloud } from '@hearth/cloud-openstack';
import { resourceTypes } from '@hearth/resource-kit';
import { signedHandle } from './aws-handle.ts';

export const awsWaitConditionHandle = resourceTypes<Cloud>()({
  name: 'AWS::CloudFormation::WaitConditionHandle',
  doc: 'Takes the signals that an AWS::CloudFormation::WaitCondition waits for; `Ref` gives the signed URL to send them to.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  ...signedHandle,
});
