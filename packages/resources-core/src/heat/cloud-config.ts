/** `OS::Heat::CloudConfig`: settings for cloud-init, kept as the YAML text that it reads. */
import { p, resourceTypes } from '@hearth/resource-kit';
import { configAttribute, keepConfig, keptConfig, UNGROUPED } from './kept-config.ts';
import { yamlText } from './yaml-text.ts';

export const cloudConfig = resourceTypes<unknown>()({
  name: 'OS::Heat::CloudConfig',
  doc: 'Settings for cloud-init. They never change: other settings are another config, and another server where one boots with them.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'heat',
  properties: {
    cloud_config: p.map('The settings, as cloud-init documents them.'),
  },
  attributes: { config: configAttribute },
  examples: [
    {
      name: 'packages and a user',
      props: { cloud_config: { packages: ['git'], users: [{ name: 'me', sudo: 'ALL=(ALL) NOPASSWD:ALL' }] } },
      replacedBy: { cloud_config: {} },
    },
  ],
  create: (call) => keepConfig(call, { group: UNGROUPED, config: `#cloud-config\n${yamlText(call.props.cloud_config ?? {})}` }),
  ...keptConfig,
});
