/** `AWS::IAM::User`: a user of the stack, for signals and questions from guests. */
import { declaredType, p } from '@hearth/resource-kit';

export const iamUser = declaredType({
  name: 'AWS::IAM::User',
  doc: 'A user of the stack, for guests that read resources or send signals.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    Path: p.string('Accepted; users have no path.'),
    Groups: p.list('Accepted; users are in no group.'),
    LoginProfile: p.mapOf({ Password: p.string('The password.', { secret: true }) })('How the user logs in.'),
    Policies: p.list('Names of OS::Heat::AccessPolicy resources that say what the user may read; everything else is passed over.'),
  },
  attributes: {},
});
