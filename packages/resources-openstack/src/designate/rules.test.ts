/** Which zones are refused, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { designateRecord } from './record.ts';
import { designateZone } from './zone.ts';

describe('a zone', () => {
  const whole = { name: 'example.org.' };
  const rows: PropertyRows = [
    ['kept here', { email: 'me@example.org' }],
    ['kept here, of nobody', {}, 'Property email is required for zone type PRIMARY'],
    ['kept here, of somebody not known yet', { email: undefined }],
    ['copied', { type: 'SECONDARY', primaries: ['10.0.0.1'] }],
    ['copied, in the older notation', { type: 'SECONDARY', masters: ['10.0.0.1'] }, 'Property masters is deprecated'],
    ['copied from nowhere', { type: 'SECONDARY', email: 'me@example.org' }, 'Property masters is required for zone type SECONDARY'],
    [
      'copied, in both notations',
      { type: 'SECONDARY', primaries: ['10.0.0.1'], masters: ['10.0.0.1'] },
      'Cannot define the following properties at the same time: masters, primaries',
      'Property masters is deprecated',
    ],
    ['of a kind not known yet', { type: undefined }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(designateZone, { ...whole, ...given })).toEqual(messages));
});

describe('a placeholder', () => {
  const rows: PropertyRows = [['anything at all', { anything: { at: ['all'] } }]];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(designateRecord, given)).toEqual(messages));
});
