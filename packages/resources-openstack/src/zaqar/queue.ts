/** `OS::Zaqar::Queue`: a queue of messages. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const zaqarQueue = declaredType({
  name: 'OS::Zaqar::Queue',
  doc: 'A queue of messages.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'zaqar',
  properties: {
    metadata: p.map('Settings and notes, by name.', { updatable: true }),
    name: p.string('The name; one is made up if there is none.', { constraints: [c.length(null, 64)] }),
  },
  attributes: {
    href: a.any('Address of the queue.'),
    queue_id: a.any('Name of the queue; what a reference to the resource gives too.', { cache: 'live', isHidden: true }),
  },
});
