/** `AWS::CloudFormation::WaitCondition`: waits until a handle was told so many times that all is well. */
import type { Cloud } from '@hearth/cloud-openstack';
import { a, c, p, resourceTypes } from '@hearth/resource-kit';
import { conditionHandlers, dataOfHandle, type Condition } from './waited-handle.ts';

interface Props {
  readonly Handle: string;
  readonly Timeout: number;
  readonly Count: number;
}
const conditionOf = ({ Handle, Timeout, Count }: Props): Condition => ({
  handle: Handle,
  seconds: Timeout,
  count: Count,
  // The reference is a signed URL, which is not shown to everybody.
  refusal: (name) =>
    name === null ? 'WaitCondition invalid Handle: it is no handle of this stack' : `WaitCondition invalid Handle ${name}`,
});

export const awsWaitCondition = resourceTypes<Cloud>()({
  name: 'AWS::CloudFormation::WaitCondition',
  doc: 'Waits for signals to an AWS::CloudFormation::WaitConditionHandle; what requires it is made after that.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  virtual: true,
  awaitsSignals: true,
  properties: {
    Handle: p.string('The handle, as `Ref` of it.', { required: true }),
    Timeout: p.integer('How many seconds to wait before giving up.', { required: true, constraints: [c.range(1, 43200)] }),
    Count: p.integer('How many signals of success to wait for.', { updatable: true, default: 1, constraints: [c.range(1, null)] }),
  },
  attributes: { Data: a.string('What the signals said, as JSON: data by id.', { cache: 'live' }) },
  examples: [{ name: 'one signal', props: { Handle: 'signalled', Timeout: 60 }, updates: [{ Count: 2 }], replacedBy: { Timeout: 30 } }],
  ...conditionHandlers(conditionOf),
  observe: async (live) => ({ Data: await dataOfHandle(live, live.props.Handle, live.props.Count) }),
});
