/** Which formats images may have together, and with whom they may be shared. What is not known yet (`undefined`) is no mistake. */
import { type GivenProperties, propertyMessages } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { glanceImage } from './image.ts';
import { webImage } from './web-image.ts';

const MIX =
  "Invalid mix of disk and container formats. When setting a disk or container format to one of 'aki', 'ari', or 'ami', the container and disk formats must match.";
const location = 'http://images.example/one';

describe.each([[glanceImage], [webImage]])('%s', (type) => {
  const rows: [disk: string | undefined, container: string | undefined, ...messages: string[]][] = [
    ['qcow2', 'bare'],
    ['ami', 'ami'],
    ['ami', 'bare'],
    ['ami', 'ari', MIX],
    ['raw', 'aki', MIX],
    [undefined, 'aki'],
    ['raw', undefined],
  ];
  it.each(rows)('%s in %s', (disk_format, container_format, ...messages) =>
    expect(propertyMessages(type as typeof webImage, { location, disk_format, container_format })).toEqual(messages),
  );
});

describe('an image from the web', () => {
  const whole = { location, disk_format: 'raw', container_format: 'bare', members: ['p'] };
  const rows: [what: string, given: GivenProperties, ...messages: string[]][] = [
    ['shared with members', { visibility: 'shared' }],
    ['seen by perhaps everybody', { visibility: undefined }],
    ['private, with members', {}, 'members property should only be specified for visibility with value shared.'],
    ['private', { members: [] }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(webImage, { ...whole, ...given })).toEqual(messages));
});
