/** `OS::Senlin::Profile`: what nodes of clusters are made from. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const senlinProfile = declaredType({
  name: 'OS::Senlin::Profile',
  doc: 'What nodes of clusters are made from.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'senlin',
  properties: {
    metadata: p.map('Any notes, by name.', { updatable: true }),
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    properties: p.map('What a node is made with; depends on the type.'),
    type: p.string('Type of the profile with its version, such as os.nova.server-1.0.', {
      required: true,
      constraints: [c.custom('senlin.profile_type')],
    }),
  },
  attributes: {},
});
