/** `OS::Heat::WaitCondition`: waits until a handle was told so many times that all is well. */
import type { Cloud } from '@hearth/cloud-openstack';
import { a, c, p, resourceTypes } from '@hearth/resource-kit';
import { conditionHandlers, dataOfHandle, type Condition } from './waited-handle.ts';
import { mostSeconds } from './waiting.ts';

interface Props {
  readonly handle: string;
  readonly timeout: number;
  readonly count: number;
}
const conditionOf = ({ handle, timeout, count }: Props): Condition => ({
  handle,
  seconds: timeout,
  count,
  refusal: (name) => `${name ?? handle} is not a valid wait condition handle.`,
});

export const waitCondition = resourceTypes<Cloud>()({
  name: 'OS::Heat::WaitCondition',
  doc: 'Waits for signals to an OS::Heat::WaitConditionHandle; what requires it is made after that. A signal of failure fails it.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  virtual: true,
  awaitsSignals: true,
  properties: {
    handle: p.string('The handle, as `get_resource` of it.', { required: true }),
    timeout: mostSeconds,
    count: p.integer('How many signals of success to wait for.', { updatable: true, default: 1, constraints: [c.range(1, null)] }),
  },
  attributes: { data: a.string('What the signals said, as JSON: data by id.', { cache: 'live' }) },
  examples: [
    {
      name: 'one signal',
      props: { handle: 'signalled', timeout: 60 },
      updates: [{ count: 2 }],
      replacedBy: { timeout: 30 },
    },
  ],
  ...conditionHandlers(conditionOf),
  observe: async (live) => ({ data: await dataOfHandle(live, live.props.handle, live.props.count) }),
});
