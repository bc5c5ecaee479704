/** Which addresses of notifications are refused, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { monascaNotification } from './notification.ts';

describe('a notification', () => {
  const rows: PropertyRows = [
    ['a webhook', { type: 'webhook', address: 'HTTPS://host:1/path', period: 60 }],
    ['a mail', { type: 'email', address: 'me@host' }],
    ['a pager', { type: 'pagerduty', address: 'any words' }],
    [
      'a mail again and again',
      { type: 'email', address: 'me@host', period: 60 },
      'The period property can only be specified against a Webhook Notification type.',
    ],
    ['a path', { type: 'webhook', address: '/path' }, 'Address "/path" doesn\'t have required URL scheme'],
    ['a URL of no host', { type: 'webhook', address: 'http:/path' }, 'Address "http:/path" doesn\'t have required network location'],
    [
      'a URL of another kind',
      { type: 'webhook', address: 'ftp://host' },
      'Address "ftp://host" doesn\'t satisfies allowed schemes: http, https',
    ],
    [
      'a mail to me',
      { type: 'email', address: 'me' },
      'Address "me" doesn\'t satisfies allowed format for "email" type of "type" property',
    ],
    [
      'a mail to @host',
      { type: 'email', address: '@host' },
      'Address "@host" doesn\'t satisfies allowed format for "email" type of "type" property',
    ],
    [
      'a mail to me@',
      { type: 'email', address: 'me@' },
      'Address "me@" doesn\'t satisfies allowed format for "email" type of "type" property',
    ],
    [
      'a mail to me @host',
      { type: 'email', address: 'me @host' },
      'Address "me @host" doesn\'t satisfies allowed format for "email" type of "type" property',
    ],
    ['an address not known yet', { type: 'email', address: undefined }],
    ['a type not known yet', { type: undefined, address: 'me', period: 60 }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(monascaNotification, given)).toEqual(messages));
});
