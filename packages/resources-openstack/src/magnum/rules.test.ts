/** Which volume drivers of cluster templates are refused, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { magnumBayModel } from './bay-model.ts';
import { magnumClusterTemplate } from './cluster-template.ts';

describe('a template', () => {
  const whole = { image: 'i', external_network: 'n' };
  const rows: PropertyRows = [
    ['kubernetes with cinder', { coe: 'kubernetes', volume_driver: 'cinder' }],
    ['swarm with rexray', { coe: 'swarm', volume_driver: 'rexray' }],
    ['mesos without one', { coe: 'mesos' }],
    [
      'kubernetes with rexray',
      { coe: 'kubernetes', volume_driver: 'rexray' },
      "Volume driver type rexray is not supported by COE:kubernetes, expecting a ['cinder'] volume driver.",
    ],
    [
      'mesos with cinder',
      { coe: 'mesos', volume_driver: 'cinder' },
      "Volume driver type cinder is not supported by COE:mesos, expecting a ['rexray'] volume driver.",
    ],
    ['something not known yet with cinder', { coe: undefined, volume_driver: 'cinder' }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) =>
    expect(propertyMessages(magnumClusterTemplate, { ...whole, ...given })).toEqual(messages),
  );
});

describe('a template by its old name', () => {
  const whole = { image: 'i', external_network: 'n' };
  const rows: PropertyRows = [
    ['kubernetes with cinder', { coe: 'kubernetes', volume_driver: 'cinder' }],
    ['swarm with rexray', { coe: 'swarm', volume_driver: 'rexray' }],
    ['mesos without one', { coe: 'mesos' }],
    [
      'kubernetes with rexray',
      { coe: 'kubernetes', volume_driver: 'rexray' },
      "Volume driver type rexray is not supported by COE:kubernetes, expecting a ['cinder'] volume driver.",
    ],
    [
      'mesos with cinder',
      { coe: 'mesos', volume_driver: 'cinder' },
      "Volume driver type cinder is not supported by COE:mesos, expecting a ['rexray'] volume driver.",
    ],
    ['something not known yet with cinder', { coe: undefined, volume_driver: 'cinder' }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(magnumBayModel, { ...whole, ...given })).toEqual(messages));
});
