/** A token's body as Keystone shows it: who, where, with which roles, until when, and the catalogue. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { Document } from '../store/documents.ts';
import type { Role } from './machine.ts';
import type { AccessRuleBody } from './state.ts';
import type { TokenHolder } from './token-holder.ts';
import { instant } from './views.ts';

export function tokenView(holder: TokenHolder, catalog: readonly JsonObject[] | null): JsonObject {
  const { user, userDomain, trust, claims } = holder;
  const view: Record<string, Json> = {
    methods: claims.methods,
    user: { id: user.id, name: user.body.name, domain: { id: userDomain.id, name: userDomain.body.name }, password_expires_at: null },
    audit_ids: claims.parentAuditId === undefined ? [claims.auditId] : [claims.auditId, claims.parentAuditId],
    expires_at: instant(claims.expiresMs),
    issued_at: instant(claims.issuedMs),
  };
  if (trust !== null) {
    view['OS-TRUST:trust'] = {
      id: trust.id,
      trustor_user: { id: trust.body.trustor_user_id },
      trustee_user: { id: trust.body.trustee_user_id },
      impersonation: trust.body.impersonation,
    };
  }
  Object.assign(view, placeView(holder));
  if (holder.applicationCredential !== null) {
    const { id, body } = holder.applicationCredential;
    const rules = holder.accessRules;
    view['application_credential'] = {
      id,
      name: body.name,
      restricted: body.unrestricted !== true,
      ...(rules === null ? {} : { access_rules: rules.map(ruleView) }),
    };
  }
  if (catalog !== null) view['catalog'] = catalog;
  return view;
}

function placeView({ project, projectDomain, domain, isSystem, trust, claims, roles }: TokenHolder): JsonObject {
  if (claims.scope.kind === 'unscoped') return {};
  const held = roles.map((role) => (trust === null ? { id: role.id, name: role.body.name } : wholeRole(role)));
  if (isSystem) return { roles: held, system: { all: true } };
  if (domain !== null) return { domain: { id: domain.id, name: domain.body.name }, roles: held };
  if (project === null || projectDomain === null) return {};
  return {
    project: { id: project.id, name: project.body.name, domain: { id: projectDomain.id, name: projectDomain.body.name } },
    ...(trust === null ? { is_domain: false } : {}),
    roles: held,
  };
}

/** Tokens of trusts carry their roles whole. */
const wholeRole = ({ id, body }: Role): JsonObject => ({
  id,
  name: body.name,
  domain_id: body.domain_id ?? null,
  description: body.description,
  options: body.options ?? {},
});

export const ruleView = ({ id, body }: Document<AccessRuleBody>): JsonObject => ({
  id,
  service: body.service,
  path: body.path,
  method: body.method,
});
