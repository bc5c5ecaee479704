/** `OS::Heat::SoftwareComponent`: what a piece of software needs in every phase of its life, as one config. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { configAttribute, entryProblems, entrySchemas } from './kept-config.ts';

export const softwareComponent = declaredType({
  name: 'OS::Heat::SoftwareComponent',
  doc: 'Several configs of one piece of software, each for other actions: installing, changing, removing.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'heat',
  properties: {
    configs: p.listOf(
      p.mapOf({
        actions: p.listOf(p.string('An action.'))('Actions of the deployment for which this config is applied.', {
          default: ['CREATE', 'UPDATE'],
          constraints: [c.length(1, null)],
        }),
        config: p.string('The text.'),
        tool: p.string('Which tool in the guest applies it, such as script or puppet.', { required: true }),
      })('One config.'),
    )('The configs; every action may be named by one of them only.', { required: true, constraints: [c.length(1, null)] }),
    ...entrySchemas,
  },
  attributes: { config: configAttribute },
  validate: (props) => [...repeatedActions(props.configs ?? []), ...entryProblems(props)],
});

type Configs = readonly ({ readonly actions?: readonly (string | null)[] } | null)[];

function repeatedActions(configs: Configs): readonly string[] {
  // What is not known yet stands as null. Naming an action twice in one config does no harm.
  const actions = configs.flatMap((config) => [...new Set((config?.actions ?? []).filter((action) => action !== null))]);
  return new Set(actions).size === actions.length
    ? []
    : ['Defining more than one configuration for the same action in SoftwareComponent is not allowed.'];
}
