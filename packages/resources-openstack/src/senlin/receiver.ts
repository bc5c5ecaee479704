/** `OS::Senlin::Receiver`: an address where a call makes a cluster grow or shrink. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const senlinReceiver = declaredType({
  name: 'OS::Senlin::Receiver',
  doc: 'An address where a call makes a cluster grow or shrink.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'senlin',
  properties: {
    action: p.string('What a call does.', { required: true, constraints: [c.oneOf('CLUSTER_SCALE_OUT', 'CLUSTER_SCALE_IN')] }),
    cluster: p.string('Name or id of the cluster.', { required: true, constraints: [c.custom('senlin.cluster')] }),
    name: p.string('The name; one is made up if there is none.'),
    params: p.map('Parameters of the action, by name.'),
    type: p.string('What is listened to.', { default: 'webhook', constraints: [c.oneOf('webhook')] }),
  },
  attributes: {
    channel: a.map('How it is reached; `alarm_url` is the address to call.'),
  },
});
