/** `OS::Heat::StructuredConfig`: like a software config, but a structure instead of a text. */
import { p, resourceTypes } from '@hearth/resource-kit';
import { configAttribute, entryProblems, entrySchemas, keepConfig, keptConfig, UNGROUPED } from './kept-config.ts';

export const structuredConfig = resourceTypes<unknown>()({
  name: 'OS::Heat::StructuredConfig',
  doc: 'A structure that configures guests, for tools that read JSON or YAML. It never changes: another structure is another config.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'heat',
  properties: {
    group: p.string('Which tool in the guest applies it.', { default: UNGROUPED }),
    config: p.map('The structure.'),
    ...entrySchemas,
  },
  attributes: { config: configAttribute },
  examples: [
    { name: 'a manifest', props: { group: 'cfn-init', config: { files: { '/tmp/a': { content: 'x' } } } }, replacedBy: { config: {} } },
  ],
  validate: entryProblems,
  create: (call) => keepConfig(call, call.props),
  ...keptConfig,
});
