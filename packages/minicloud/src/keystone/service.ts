/** The identity service: its routes put together. It is made before the others, for they check tokens through it. */
import type { Route } from '@hearth/http-kit';
import { identityHeaders } from '../answer-headers.ts';
import { keystoneFault } from '../faults/keystone-fault.ts';
import type { Service } from '../service.ts';
import { domainKind, groupKind, roleKind, userKind } from './account-kinds.ts';
import { applicationCredentialRoutes } from './application-credentials.ts';
import { assignmentRoutes } from './assignment-list.ts';
import { endpointKind, policyKind, regionKind, regionRoutes, serviceKind } from './catalog-kinds.ts';
import { credentialRoutes } from './credential-routes.ts';
import { discoveryRoutes } from './discovery.ts';
import { ec2CredentialRoutes } from './ec2-credentials.ts';
import { ec2TokenRoutes } from './ec2-tokens.ts';
import { grantRoutes } from './grant-routes.ts';
import { memberRoutes, ownRoutes } from './group-routes.ts';
import type { IdentityContext } from './identity-context.ts';
import { kindRoutes } from './kind-routes.ts';
import { limitRoutes } from './limit-routes.ts';
import { projectRoutes } from './project-routes.ts';
import { roleInferenceRoutes } from './role-inference.ts';
import { tokenRoutes } from './token-routes.ts';
import { trustRoutes } from './trust-routes.ts';

export const identityRoutes = (context: IdentityContext): readonly Route[] => [
  ...discoveryRoutes,
  ...tokenRoutes(context),
  ...[domainKind, userKind, groupKind, roleKind(() => context.clock.now()), serviceKind, endpointKind, regionKind, policyKind].flatMap(
    (kind) => kindRoutes(kind, context),
  ),
  ...regionRoutes(context),
  ...projectRoutes(context),
  ...memberRoutes(context),
  ...ownRoutes(context),
  ...grantRoutes(context),
  ...roleInferenceRoutes(context),
  ...assignmentRoutes(context),
  ...trustRoutes(context),
  ...applicationCredentialRoutes(context),
  ...credentialRoutes(context),
  ...ec2CredentialRoutes(context),
  ...ec2TokenRoutes(context),
  ...limitRoutes(context),
];

export const keystone = (context: () => IdentityContext): Service => ({
  type: 'identity',
  name: 'keystone',
  prefixes: ['', '/identity'],
  catalogPath: '/v3',
  fault: keystoneFault,
  finish: identityHeaders,
  routes: () => identityRoutes(context()),
});
