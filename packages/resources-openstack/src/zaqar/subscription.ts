/** `OS::Zaqar::Subscription`: passes every message of a queue on to an address. */
import { c, declaredType, p } from '@hearth/resource-kit';

const SCHEMES = ['http', 'https', 'mailto', 'trust+http', 'trust+https'];

export const zaqarSubscription = declaredType({
  name: 'OS::Zaqar::Subscription',
  doc: 'Passes every message of a queue on to an address.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'zaqar',
  properties: {
    options: p.map('How messages are passed on, by name.', { updatable: true }),
    queue_name: p.string('Name of the queue.', { required: true, constraints: [c.custom('zaqar.queue')] }),
    subscriber: p.string('Where to, as a URL: http, https, mailto, trust+http or trust+https.', { required: true, updatable: true }),
    ttl: p.integer('How long it lasts, in seconds; for ever if absent.', {
      updatable: true,
      default: 220367260800,
      constraints: [c.range(60, null)],
    }),
  },
  attributes: {},
  validate: ({ subscriber }) =>
    subscriber === undefined || SCHEMES.includes(subscriber.split(':', 1)[0] as string)
      ? []
      : [`The subscriber type of must be one of: ${SCHEMES.join(', ')}.`],
});
