/** What the identity service keeps: the bodies of its documents and the collections they live in. Ids are 32 hex digits unless named. */
import type { Json, JsonObject } from '@hearth/kernel';

export const collections = {
  domains: 'keystone.domains',
  projects: 'keystone.projects',
  users: 'keystone.users',
  groups: 'keystone.groups',
  /** Id: group and user; name column: the user's id; parent column: the group's. */
  memberships: 'keystone.memberships',
  roles: 'keystone.roles',
  /** Name column: the user's or group's id; parent column: the project's or domain's id, or `system`. */
  assignments: 'keystone.assignments',
  services: 'keystone.services',
  /** Parent column: the service's id. */
  endpoints: 'keystone.endpoints',
  regions: 'keystone.regions',
  /** Name column: the trustor's id; parent column: the trustee's. */
  trusts: 'keystone.trusts',
  /** Id: the audit id of a revoked token. */
  revocations: 'keystone.revocations',
  /** Parent column: the user's id; project column: the project it is for. */
  applicationCredentials: 'keystone.application-credentials',
  /** Parent column: the user's id. */
  accessRules: 'keystone.access-rules',
  /** Parent column: the user's id. Id of one for EC2: SHA-256 of its access key. */
  credentials: 'keystone.credentials',
  policies: 'keystone.policies',
  registeredLimits: 'keystone.registered-limits',
  limits: 'keystone.limits',
} as const;

/** Attributes nobody declared, kept as they were sent. Absent in documents of the first days. */
type Open = { readonly options?: JsonObject; readonly extra?: JsonObject };

export type DomainBody = {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags?: readonly string[];
} & Open;
export type ProjectBody = {
  readonly name: string;
  readonly domain_id: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly parent_id: string;
  readonly tags: readonly string[];
} & Open;
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
} & Open;
export type GroupBody = { readonly name: string; readonly domain_id: string; readonly description: string } & Open;
export type MembershipBody = { readonly user_id: string; readonly group_id: string };
export type RoleBody = {
  readonly name: string;
  readonly description: string | null;
  /** Ids of roles that come with this one. */
  readonly implies: readonly string[];
  /** A role that exists in one domain only: it never shows in tokens, what it implies does. Absent: null. */
  readonly domain_id?: string | null;
} & Open;
/** Exactly one of user and group, and one of project, domain and system. */
export type AssignmentBody = {
  /** Null when a group holds the role. */
  readonly user_id: string | null;
  readonly group_id?: string | null;
  readonly role_id: string;
  readonly project_id: string | null;
  readonly domain_id: string | null;
  readonly system?: boolean;
  /** Holds on the projects below, not on the place itself. */
  readonly inherited?: boolean;
};
export type ServiceBody = {
  readonly type: string;
  readonly name: string;
  readonly description: string | null;
  readonly enabled: boolean;
} & Open;
export type EndpointBody = {
  readonly service_id: string;
  readonly interface: 'public' | 'internal' | 'admin';
  readonly region_id: string | null;
  /** May begin with `CLOUD_URL`, and hold `$(project_id)s`. */
  readonly url: string;
  readonly enabled: boolean;
} & Open;
export type RegionBody = { readonly description: string | null; readonly parent_region_id: string | null } & Open;
export type TrustBody = {
  readonly trustor_user_id: string;
  readonly trustee_user_id: string;
  /** Null: a trust that only lets the trustee speak for the trustor. */
  readonly project_id: string | null;
  readonly role_ids: readonly string[];
  readonly impersonation: boolean;
  readonly expiresMs: number | null;
  readonly remaining_uses: number | null;
  /** The trust this one was made with; absent: null. */
  readonly redelegated_trust_id?: string | null;
  /** How many times more it may be handed on; absent: 0. */
  readonly redelegation_count?: number;
};
export type AccessRuleBody = { readonly path: string; readonly method: string; readonly service: string };
export type ApplicationCredentialBody = {
  readonly name: string;
  readonly description: string | null;
  readonly user_id: string;
  readonly project_id: string;
  readonly role_ids: readonly string[];
  /** Null: not said, and so restricted. */
  readonly unrestricted: boolean | null;
  readonly secretHash: string;
  readonly expiresMs: number | null;
  /** Null: none were given, everything is allowed. */
  readonly access_rule_ids: readonly string[] | null;
};
export type CredentialBody = {
  readonly type: string;
  /** Text as it was sent; for EC2 a JSON object with `access` and `secret`. */
  readonly blob: string;
  readonly user_id: string;
  readonly project_id: string | null;
} & Open;
export type LimitBody = { readonly [key: string]: Json };

/** Stands for the mini-cloud's own address in stored endpoints, so that the catalogue is right after a start on another port. */
export const CLOUD_URL = '$(cloud)s';
/** Parent column of assignments on the whole cloud. */
export const SYSTEM = 'system';
