/** What quotas of the compute service refuse, and what servers still take. What is not known yet (`undefined`) is no mistake. */
import { type GivenProperties, propertyMessages } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { novaQuota } from './quota.ts';
import { server } from './server.ts';

describe('a quota', () => {
  const needed = expect.stringMatching(
    /^At least one of the following properties must be specified: cores, .*, server_groups\.$/,
  ) as string;
  const rows: [what: string, given: GivenProperties, ...messages: string[]][] = [
    ['of servers', { instances: -1 }],
    ['of nothing', {}, needed],
    ['of a number not known yet', { ram: undefined }],
    ['of less than nothing', { cores: -2 }, '-2 is out of range (min: -1, max: None)'],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(novaQuota, { project: 'p', ...given })).toEqual(messages));
});

it('a server takes the name of a user that old templates give', () =>
  expect(propertyMessages(server, { flavor: 'f', image: 'i', admin_user: 'me' })).toEqual([]));
