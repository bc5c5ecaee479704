/** Paths of failures, level by level. */
import { describe, expect, it } from 'vitest';
import { failuresBelow, reasonAt } from './failure-reason.ts';

describe('the reason of a failure', () => {
  it.each([
    ['a resource of its own', 'disk', 'Conflict: no luck', 'Conflict: resources.disk: no luck'],
    ['without a type', 'disk', 'Timed out', 'resources.disk: Timed out'],
    ['a property', 'disk', 'StackValidationFailed: properties.size: wrong', 'StackValidationFailed: resources.disk.properties.size: wrong'],
    ['a member', '0', 'Conflict: no luck', 'Conflict: resources[0]: no luck'],
    ['what lies below', 'web', 'Conflict: resources[0]: no luck', 'Conflict: resources.web.resources[0]: no luck'],
    [
      'several below',
      'web',
      'Conflict: resources[0]: a; b; NotFound: resources[1]: c',
      'Conflict: resources.web.resources[0]: a; b; NotFound: resources.web.resources[1]: c',
    ],
    ['a message of many lines', 'disk', 'Conflict: one\ntwo', 'Conflict: resources.disk: one\ntwo'],
  ])('of %s', (_name, resource, reason, expected) => {
    expect(reasonAt(resource, reason)).toBe(expected);
  });

  it('of a stack begins with what it did', () => {
    expect(failuresBelow('Resource UPDATE failed: Conflict: resources.a: no')).toBe('Conflict: resources.a: no');
    expect(failuresBelow('Timed out')).toBe('Timed out');
  });
});
