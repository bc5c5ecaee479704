/** `OS::Sahara::JobBinary`: a program, or a part of one, that jobs run. */
import { declaredType, p } from '@hearth/resource-kit';
import { credentials, description, ownName } from './shared-properties.ts';

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const INTERNAL = 'internal-db://';

export const saharaJobBinary = declaredType({
  name: 'OS::Sahara::JobBinary',
  doc: 'A program, or a part of one, that jobs run.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'sahara',
  properties: {
    credentials,
    description,
    name: ownName,
    url: p.string('Where it lies: swift://… or internal-db:// with an id.', { required: true, updatable: true }),
  },
  attributes: {},
  validate: ({ url }) => (url === undefined || isLocation(url) ? [] : [`${url} is not a valid job location.`]),
});

const isLocation = (url: string): boolean =>
  url.startsWith('swift://') || (url.startsWith(INTERNAL) && UUID.test(url.slice(INTERNAL.length)));
