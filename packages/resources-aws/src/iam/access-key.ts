/** `AWS::IAM::AccessKey`: credentials of a user of the stack. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { notThere } from '../ec2/not-there.ts';

export const iamAccessKey = declaredType({
  name: 'AWS::IAM::AccessKey',
  doc: 'Credentials of an AWS::IAM::User; `Ref` gives the id of the key.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    UserName: p.string('The user, as `Ref` of an AWS::IAM::User of the same template.', { required: true }),
    Serial: p.integer('Not available.', notThere),
    Status: p.string('Not available.', { ...notThere, constraints: [c.oneOf('Active', 'Inactive')] }),
  },
  attributes: {
    UserName: a.string('The user.', { cache: 'live' }),
    SecretAccessKey: a.string('The secret that belongs to the key.', { cache: 'live' }),
  },
});
