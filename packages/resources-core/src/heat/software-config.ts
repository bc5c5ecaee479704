/** `OS::Heat::SoftwareConfig`: a text for guests to run or read, with what it takes and gives. */
import { p, resourceTypes } from '@hearth/resource-kit';
import { configAttribute, entryProblems, entrySchemas, keepConfig, keptConfig, UNGROUPED } from './kept-config.ts';

export const softwareConfig = resourceTypes<unknown>()({
  name: 'OS::Heat::SoftwareConfig',
  doc: 'A script or other text that configures guests. It never changes: another text is another config.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'heat',
  properties: {
    group: p.string('Which tool in the guest applies it.', { default: UNGROUPED }),
    config: p.string('The text.'),
    ...entrySchemas,
  },
  attributes: { config: configAttribute },
  examples: [
    {
      name: 'a script with inputs and outputs',
      props: {
        group: 'script',
        config: '#!/bin/sh\necho $foo > $heat_outputs_path.result\n',
        inputs: [{ name: 'foo' }, { name: 'count', type: 'Number', default: 3 }],
        outputs: [{ name: 'result' }],
        options: { shell: 'sh' },
      },
      replacedBy: { config: '#!/bin/sh\ntrue\n' },
    },
    { name: 'nothing at all', props: {} },
  ],
  validate: entryProblems,
  create: (call) => keepConfig(call, call.props),
  ...keptConfig,
});
