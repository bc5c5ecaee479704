/** `OS::Neutron::ExtraRouteSet`: more routes of a router, added and removed in one step; routes that others gave the router stay. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { routeFields } from './common-properties.ts';
import { interfacesOf } from './router-first.ts';

export const neutronExtraRouteSet = declaredType({
  name: 'OS::Neutron::ExtraRouteSet',
  doc: 'More routes of a router, added and removed in one step; routes that others gave the router stay.',
  support: { status: 'SUPPORTED', since: '14.0.0' },
  service: 'neutron',
  extension: 'extraroute-atomic',
  properties: {
    router: p.string('Name or id of the router.', { required: true, constraints: [c.custom('neutron.router')] }),
    routes: p.listOf(p.mapOf(routeFields)('A route.'))('The routes; a change adds and removes only those that differ.', {
      updatable: true,
      default: [],
    }),
  },
  attributes: {},
  alsoRequires: ({ properties: { router } }, others) => interfacesOf(router, others),
});
