/** The identity service: its routes put together. It is made before the others, for they check tokens through it. */
import type { Route } from '@hearth/http-kit';
import { keystoneFault } from '../faults/keystone-fault.ts';
import type { Service } from '../service.ts';
import { discoveryRoutes } from './discovery.ts';
import { grantRoutes } from './grant-routes.ts';
import type { IdentityContext } from './identity-context.ts';
import { kindRoutes } from './kind-routes.ts';
import { kinds } from './kinds.ts';
import { tokenRoutes } from './token-routes.ts';
import { trustRoutes } from './trust-routes.ts';

export const identityRoutes = (context: IdentityContext): readonly Route[] => [
  ...discoveryRoutes,
  ...tokenRoutes(context),
  ...kinds.flatMap((kind) => kindRoutes(kind, context)),
  ...grantRoutes(context),
  ...trustRoutes(context),
];

export const keystone = (context: () => IdentityContext): Service => ({
  type: 'identity',
  name: 'keystone',
  prefixes: ['', '/identity'],
  catalogPath: '/v3',
  fault: keystoneFault,
  routes: () => identityRoutes(context()),
});
