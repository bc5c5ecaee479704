/** `OS::Heat::SwiftSignal`: waits until guests have written so many signals to an object in Swift. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { mostSeconds } from './waiting.ts';

export const swiftSignal = declaredType({
  name: 'OS::Heat::SwiftSignal',
  doc: 'Waits for signals that guests write to an OS::Heat::SwiftSignalHandle; what requires it is made after that.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'swift',
  properties: {
    handle: p.string('The handle, as `get_resource` of it.', { required: true }),
    timeout: mostSeconds,
    count: p.integer('How many signals to wait for.', { default: 1, constraints: [c.range(1, 1000)] }),
  },
  attributes: { data: a.string('What the signals said, as JSON.') },
});
