/** `AWS::EC2::EIP`: a floating IP. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const ec2Eip = declaredType({
  name: 'AWS::EC2::EIP',
  doc: 'A floating IP on the one external network that there is; `Ref` gives the address.',
  support: { status: 'SUPPORTED', since: null },
  service: 'nova',
  properties: {
    Domain: p.string('Makes no difference.', {
      constraints: [c.oneOf('vpc')],
      support: { status: 'DEPRECATED', since: '9.0.0', message: 'every address is one of a VPC: leave it out' },
    }),
    InstanceId: p.string('Server that the address leads to.', { updatable: true, constraints: [c.custom('nova.server')] }),
  },
  attributes: { AllocationId: a.string('Id of the floating IP.') },
});
