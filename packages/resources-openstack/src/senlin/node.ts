/** `OS::Senlin::Node`: one thing, such as a server, that is made from a profile. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const senlinNode = declaredType({
  name: 'OS::Senlin::Node',
  doc: 'One thing, such as a server, that is made from a profile.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'senlin',
  properties: {
    cluster: p.string('Name or id of the cluster it belongs to; none if absent.', {
      updatable: true,
      constraints: [c.custom('senlin.cluster')],
    }),
    metadata: p.map('Any notes, by name.', { updatable: true }),
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    profile: p.string('Name or id of the profile it is made from.', {
      required: true,
      updatable: true,
      constraints: [c.custom('senlin.profile')],
    }),
  },
  attributes: {
    cluster_id: a.string('Id of the cluster it belongs to.'),
    details: a.map('What its own service tells of it.'),
  },
});
