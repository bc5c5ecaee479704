/** Which combinations the types for data processing refuse, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { saharaCluster } from './cluster.ts';
import { saharaClusterTemplate } from './cluster-template.ts';
import { saharaJobBinary } from './job-binary.ts';

describe('a template', () => {
  const whole = { plugin_name: 'p', hadoop_version: '1' };
  const rows: PropertyRows = [
    ['with a network', { neutron_management_network: 'n' }],
    ['without one', {}, 'neutron_management_network must be provided'],
    ['with one not known yet', { neutron_management_network: undefined }],
    [
      'with a name that machines cannot have',
      { neutron_management_network: 'n', name: 'a b' },
      expect.stringContaining('"a b" does not match pattern'),
    ],
  ];
  it.each(rows)('%s', (_what, given, ...messages) =>
    expect(propertyMessages(saharaClusterTemplate, { ...whole, ...given })).toEqual(messages),
  );
});

describe('a program', () => {
  const rows: PropertyRows = [
    ['in Swift', { url: 'swift://container/object' }],
    ['kept by the service', { url: 'internal-db://12345678-1234-5678-1234-567812345678' }],
    ['kept by the service, of no id', { url: 'internal-db://x' }, 'internal-db://x is not a valid job location.'],
    ['somewhere else', { url: 'http://host/file' }, 'http://host/file is not a valid job location.'],
    ['at a place not known yet', { url: undefined }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(saharaJobBinary, given)).toEqual(messages));
});

describe('a cluster', () => {
  const whole = { plugin_name: 'p', hadoop_version: '1', cluster_template_id: 't', neutron_management_network: 'n' };
  const rows: PropertyRows = [
    ['with an image', { default_image_id: 'i' }],
    ['with an image by the hidden name', { image: 'i' }],
    [
      'with both',
      { default_image_id: 'i', image: 'i' },
      'Cannot define the following properties at the same time: default_image_id, image',
    ],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(saharaCluster, { ...whole, ...given })).toEqual(messages));
});
