/** What alarms make of defaults that are words, of spans of time, and what a placeholder takes. */
import { checkProperties } from '@hearth/resource-kit';
import { propertyMessages } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { aodhCombinationAlarm } from './combination-alarm.ts';
import { aodhCompositeAlarm } from './composite-alarm.ts';
import { aodhPrometheusAlarm } from './prometheus-alarm.ts';

const limit = { query: 'up == 0', threshold: 1 };

describe('an alarm', () => {
  it('is looked at and repeats its actions, though these defaults are words', () => {
    const { props } = checkProperties(aodhPrometheusAlarm, limit, { lenient: false, matchesPattern: () => true });
    expect(props).toMatchObject({ enabled: true, repeat_actions: true, severity: 'low', alarm_queues: [], time_constraints: [] });
  });
  it('has spans of time that begin and last', () => {
    const span = { name: 'night', start: '0 22 * * *', duration: 3600 };
    expect(propertyMessages(aodhPrometheusAlarm, { ...limit, time_constraints: [span] })).toEqual([]);
    expect(propertyMessages(aodhPrometheusAlarm, { ...limit, time_constraints: [{ ...span, duration: -1 }] })).toEqual([
      '-1 is out of range (min: 0, max: None)',
    ]);
    expect(propertyMessages(aodhPrometheusAlarm, { ...limit, time_constraints: [{ name: 'night' }] })).toEqual([
      'Property start not assigned',
      'Property duration not assigned',
    ]);
  });
  it('over conditions has two of them at least', () => {
    const rule = { type: 'gnocchi_resources_threshold' };
    expect(propertyMessages(aodhCompositeAlarm, { composite_rule: { operator: 'or', rules: [rule, rule] } })).toEqual([]);
    expect(propertyMessages(aodhCompositeAlarm, { composite_rule: { operator: 'or', rules: [rule] } })).toEqual([
      'length (1) is out of range (min: 2, max: None)',
    ]);
  });
  it('that is a placeholder takes anything', () => {
    expect(propertyMessages(aodhCombinationAlarm, { alarm_ids: ['a'], anything: {} })).toEqual([]);
  });
});
