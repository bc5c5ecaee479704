/** `OS::Heat::HARestarter`: restarted servers on alarm, long ago; now a stand-in that takes anything and does nothing. */
import { placeholderType } from '@hearth/resource-kit';

export const haRestarter = placeholderType({
  name: 'OS::Heat::HARestarter',
  doc: 'Accepted for old templates only: it takes every property and does nothing. Servers are replaced by marking them unhealthy.',
  support: { status: 'HIDDEN', since: '10.0.0', previous: { status: 'DEPRECATED', since: '2015.1' } },
});
