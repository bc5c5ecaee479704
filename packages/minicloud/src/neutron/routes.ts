/** The network service's URLs. */
import type { Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import { collectionRoutes } from './collection-routes.ts';
import type { Collection } from './collection.ts';
import { groupCollection, networkCollection, portCollection, ruleCollection, subnetCollection } from './core-collections.ts';
import { discoveryRoutes, readOnlyRoutes } from './fact-routes.ts';
import { availabilityRoutes } from './ip-availability.ts';
import { floatingIpCollection, policyCollection, poolCollection, routerCollection, scopeCollection } from './more-collections.ts';
import { quotaRoutes } from './quota-routes.ts';
import { routerRoutes } from './router-routes.ts';

const collectionsOf = (context: ServiceContext): readonly Collection[] => [
  networkCollection,
  subnetCollection,
  poolCollection,
  portCollection(context),
  groupCollection(context),
  ruleCollection(context),
  routerCollection(context),
  floatingIpCollection(context),
  scopeCollection,
  policyCollection,
];

export const networkRoutes = (context: ServiceContext): readonly Route[] => [
  ...discoveryRoutes(),
  ...collectionsOf(context).flatMap((one) => collectionRoutes(one, context)),
  ...routerRoutes(context),
  ...quotaRoutes(context),
  ...availabilityRoutes(context),
  ...readOnlyRoutes(context),
];
