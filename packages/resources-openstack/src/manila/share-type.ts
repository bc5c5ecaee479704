/** `OS::Manila::ShareType`: a kind of shared file system to choose from; for administrators. */
import { declaredType, p } from '@hearth/resource-kit';

export const manilaShareType = declaredType({
  name: 'OS::Manila::ShareType',
  doc: 'A kind of shared file system to choose from; for administrators.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'manila',
  properties: {
    driver_handles_share_servers: p.boolean('Whether the back end makes a server for each share network.', { required: true }),
    extra_specs: p.map('What a back end must offer, by name.', { updatable: true }),
    is_public: p.boolean('Whether all projects may use it.', { default: true }),
    name: p.string('The name.', { required: true }),
    snapshot_support: p.boolean('Whether back ends must be able to make snapshots.', { default: true }),
  },
  attributes: {},
});
