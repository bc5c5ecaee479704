/** `OS::Heat::WaitCondition`: waits until a handle was told so many times that all is well. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { mostSeconds } from './waiting.ts';

export const waitCondition = declaredType({
  name: 'OS::Heat::WaitCondition',
  doc: 'Waits for signals to an OS::Heat::WaitConditionHandle; what requires it is made after that. A signal of failure fails it.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  properties: {
    handle: p.string('The handle, as `get_resource` of it.', { required: true }),
    timeout: mostSeconds,
    count: p.integer('How many signals of success to wait for.', { updatable: true, default: 1, constraints: [c.range(1, null)] }),
  },
  attributes: { data: a.string('What the signals said, as JSON: data by id.', { cache: 'live' }) },
});
