/** `OS::Zaqar::SignedQueueURL`: a signature that lets its bearer use a queue without logging in. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const zaqarSignedQueueUrl = declaredType({
  name: 'OS::Zaqar::SignedQueueURL',
  doc: 'A signature that lets its bearer use a queue without logging in.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'zaqar',
  properties: {
    methods: p.listOf(p.string('One method.', { constraints: [c.oneOf('GET', 'DELETE', 'PATCH', 'POST', 'PUT')] }))(
      'Allowed HTTP methods; GET alone if absent.',
    ),
    paths: p.list('What of the queue may be used, such as messages or claims; messages alone if absent.'),
    queue: p.string('Name of the queue.', { required: true }),
    ttl: p.integer('How long the signature holds, in seconds; a day if absent.'),
  },
  attributes: {
    expires: a.any('When the signature ends.'),
    methods: a.any('Allowed HTTP methods.'),
    paths: a.any('What of the queue may be used.'),
    project: a.any('Id of the project that the queue belongs to.'),
    query_str: a.any('The signature and all that belongs to it, as the query of a URL.'),
    signature: a.any('The signature.'),
  },
});
