/** `OS::Heat::UpdateWaitConditionHandle`: a handle that is made anew with every update, so that signals are waited for again. */
import type { Cloud } from '@hearth/cloud-openstack';
import { resourceTypes } from '@hearth/resource-kit';
import { signedHandle } from './aws-handle.ts';

export const updateWaitConditionHandle = resourceTypes<Cloud>()({
  name: 'OS::Heat::UpdateWaitConditionHandle',
  doc: 'Like AWS::CloudFormation::WaitConditionHandle, but replaced with every update: conditions that use it wait once more.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  ...signedHandle,
  isRenewed: true,
});
