/** `OS::Heat::UpdateWaitConditionHandle`: a handle that is made anew with every update, so that signals are waited for again. */
import { declaredType } from '@hearth/resource-kit';

export const updateWaitConditionHandle = declaredType({
  name: 'OS::Heat::UpdateWaitConditionHandle',
  doc: 'Like AWS::CloudFormation::WaitConditionHandle, but replaced with every update: conditions that use it wait once more.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  properties: {},
  attributes: {},
});
