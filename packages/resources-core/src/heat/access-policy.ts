/** `OS::Heat::AccessPolicy`: which resources of the stack a user of the stack may ask about. */
import { isJsonArray } from '@hearth/kernel';
import { declaredType, p } from '@hearth/resource-kit';

export const accessPolicy = declaredType({
  name: 'OS::Heat::AccessPolicy',
  doc: 'Lets users that the stack makes (AWS::IAM::User) read some of its resources, and no others.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    AllowedResources: p.list('Logical names of resources in the same template that the user may read.', { required: true }),
  },
  attributes: {},
  validateAmong({ properties: { AllowedResources: allowed } }, others) {
    const names = isJsonArray(allowed) ? allowed.filter((name) => typeof name === 'string') : [];
    const missing = names.find((name) => others.named(name) === null);
    return missing === undefined ? [] : [`AccessPolicy resource ${missing} not in stack`];
  },
});
