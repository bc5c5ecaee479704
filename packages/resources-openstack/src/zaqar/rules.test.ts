/** Which subscribers are refused, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { zaqarSubscription } from './subscription.ts';

describe('a subscriber', () => {
  const whole = { queue_name: 'q' };
  const rows: PropertyRows = [
    ['http://host', { subscriber: 'http://host' }],
    ['https://host', { subscriber: 'https://host' }],
    ['mailto:me@host', { subscriber: 'mailto:me@host' }],
    ['trust+http://host', { subscriber: 'trust+http://host' }],
    ['trust+https://host', { subscriber: 'trust+https://host' }],
    ['ftp://host', { subscriber: 'ftp://host' }, 'The subscriber type of must be one of: http, https, mailto, trust+http, trust+https.'],
    ['a word', { subscriber: 'word' }, 'The subscriber type of must be one of: http, https, mailto, trust+http, trust+https.'],
    ['not known yet', { subscriber: undefined }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(zaqarSubscription, { ...whole, ...given })).toEqual(messages));
});
