/** What the identity service keeps: the bodies of its documents and the collections they live in. Ids are 32 hex digits unless named. */

export const collections = {
  domains: 'keystone.domains',
  projects: 'keystone.projects',
  users: 'keystone.users',
  roles: 'keystone.roles',
  /** Name column: the user's id; parent column: the project's or domain's id. */
  assignments: 'keystone.assignments',
  services: 'keystone.services',
  /** Parent column: the service's id. */
  endpoints: 'keystone.endpoints',
  regions: 'keystone.regions',
  /** Name column: the trustor's id; parent column: the trustee's. */
  trusts: 'keystone.trusts',
  /** Id: the audit id of a revoked token. */
  revocations: 'keystone.revocations',
} as const;

export type DomainBody = { readonly name: string; readonly description: string; readonly enabled: boolean };
export type ProjectBody = {
  readonly name: string;
  readonly domain_id: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly parent_id: string;
  readonly tags: readonly string[];
};
export type UserBody = {
  readonly name: string;
  readonly domain_id: string;
  readonly enabled: boolean;
  readonly default_project_id: string | null;
  readonly description: string | null;
  readonly email: string | null;
  /** `scrypt$N$r$p$salt$hash`; null: cannot log in with a password. */
  readonly passwordHash: string | null;
  /** Tokens issued before this time are no longer valid (a changed password, a disabled account). */
  readonly tokensValidFromMs: number;
};
export type RoleBody = {
  readonly name: string;
  readonly description: string | null;
  /** Ids of roles that come with this one. */
  readonly implies: readonly string[];
};
export type AssignmentBody = {
  readonly user_id: string;
  readonly role_id: string;
  readonly project_id: string | null;
  readonly domain_id: string | null;
};
export type ServiceBody = { readonly type: string; readonly name: string; readonly description: string | null; readonly enabled: boolean };
export type EndpointBody = {
  readonly service_id: string;
  readonly interface: 'public' | 'internal' | 'admin';
  readonly region_id: string | null;
  /** May begin with `CLOUD_URL`, and hold `$(project_id)s`. */
  readonly url: string;
  readonly enabled: boolean;
};
export type TrustBody = {
  readonly trustor_user_id: string;
  readonly trustee_user_id: string;
  readonly project_id: string;
  readonly role_ids: readonly string[];
  readonly impersonation: boolean;
  readonly expiresMs: number | null;
  readonly remaining_uses: number | null;
};

/** Stands for the mini-cloud's own address in stored endpoints, so that the catalogue is right after a start on another port. */
export const CLOUD_URL = '$(cloud)s';
