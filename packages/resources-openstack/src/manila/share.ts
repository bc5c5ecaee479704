/** `OS::Manila::Share`: a shared file system. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const manilaShare = declaredType({
  name: 'OS::Manila::Share',
  doc: 'A shared file system.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'manila',
  properties: {
    access_rules: p.listOf(
      p.mapOf({
        access_level: p.string('Whether they may only read (ro) or write too (rw).', { constraints: [c.oneOf('ro', 'rw')] }),
        access_to: p.string('Who: an address or range, a user, or the name in a certificate, as `access_type` says.', { required: true }),
        access_type: p.string('What `access_to` is.', { required: true, constraints: [c.oneOf('ip', 'user', 'cert', 'cephx')] }),
      })('One rule.'),
    )('Who may use it.', { updatable: true, default: [] }),
    description: p.string('A text for people.', { updatable: true }),
    is_public: p.boolean('Whether all projects see it.', { updatable: true, default: false }),
    metadata: p.map('Any notes, by name.', { updatable: true }),
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    share_network: p.string('Name or id of the share network, where the back end makes servers of its own.', {
      constraints: [c.custom('manila.share_network')],
    }),
    share_protocol: p.string('How the file system is reached.', {
      required: true,
      constraints: [c.oneOf('NFS', 'CIFS', 'GlusterFS', 'HDFS', 'CEPHFS')],
    }),
    share_type: p.string('Name or id of the share type; the service chooses if absent.', { constraints: [c.custom('manila.share_type')] }),
    size: p.integer('Size in GB.', { required: true }),
    snapshot: p.string('Name or id of a snapshot to begin with.', { constraints: [c.custom('manila.share_snapshot')] }),
  },
  attributes: {
    availability_zone: a.string('Zone it lies in.'),
    created_at: a.string('When it was made.'),
    export_locations: a.list('Where it can be mounted from.'),
    host: a.string('Host it lies on.'),
    project_id: a.string('Id of the project it belongs to.'),
    share_server_id: a.string('Id of the server that serves it.'),
    status: a.string('Its state, such as available.'),
  },
});
