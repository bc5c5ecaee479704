/** Subnet pools, address scopes and RBAC policies: attributes, stored bodies and what is shown. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { Document } from '../store/documents.ts';
import {
  bad,
  byAdmin,
  cidrText,
  common,
  fixed,
  listOf,
  notNegative,
  oneOf,
  optional,
  orNull,
  required,
  shownOnly,
  text,
  truth,
  unfiltered,
  uuid,
  whole,
  type Attributes,
  type Check,
} from './attributes.ts';
import { parseCidr } from './addresses.ts';
import { stamps } from './objects.ts';

const prefix: Check = (value) => {
  const cidr = cidrText(value) as string;
  return parseCidr(cidr) === null ? bad(`'${cidr}' is not a valid IP subnet`) : cidr;
};
const notEmpty: Check = (value) => {
  const name = text()(value) as string;
  return name.trim() === '' ? bad(`'${name}' Blank strings are not permitted`) : name;
};

export const poolAttributes: Attributes = {
  ...common,
  name: { check: notEmpty, post: 'required', put: true },
  prefixes: unfiltered({ check: listOf(prefix, 200), post: 'required', put: true }),
  default_quota: optional(orNull(notNegative)),
  default_prefixlen: optional(notNegative),
  min_prefixlen: optional(notNegative),
  max_prefixlen: optional(notNegative),
  is_default: byAdmin(optional(truth, false)),
  shared: byAdmin(fixed(truth, false)),
  address_scope_id: optional(orNull(uuid), null),
  ip_version: shownOnly,
};
export const scopeAttributes: Attributes = {
  id: shownOnly,
  name: optional(text(), ''),
  ip_version: required((value) => oneOf(4, 6)(whole(-99, 99)(value))),
  shared: byAdmin(optional(truth, false)),
};
export const policyAttributes: Attributes = {
  id: shownOnly,
  object_type: required((value) => value),
  object_id: required(uuid),
  target_tenant: { ...required(text()), put: true },
  action: required(text()),
};

export interface PoolBody extends JsonObject {
  readonly prefixes: readonly string[];
  readonly ip_version: 4 | 6;
  readonly min_prefixlen: number;
  readonly max_prefixlen: number;
  readonly default_prefixlen: number;
  readonly default_quota: number | null;
  readonly is_default: boolean;
  readonly shared: boolean;
  readonly address_scope_id: string | null;
}

export function poolView(document: Document): JsonObject {
  const body = document.body as PoolBody;
  return {
    id: document.id,
    name: document.name,
    tenant_id: document.projectId,
    // Lengths are texts here, as Neutron shows them.
    default_prefixlen: String(body.default_prefixlen),
    min_prefixlen: String(body.min_prefixlen),
    max_prefixlen: String(body.max_prefixlen),
    is_default: body.is_default,
    shared: body.shared,
    prefixes: body.prefixes,
    ip_version: body.ip_version,
    default_quota: body.default_quota,
    address_scope_id: body.address_scope_id,
    description: body.description as Json,
    ...stamps(document, 0),
  };
}

/** The answer to a change comes from the row itself: lengths are numbers, and there is no quota. */
export function changedPoolView({ default_quota: _quota, ...view }: JsonObject, document: Document): JsonObject {
  const { default_prefixlen, min_prefixlen, max_prefixlen } = document.body as PoolBody;
  return { ...view, default_prefixlen, min_prefixlen, max_prefixlen };
}

const owner = (document: Document): JsonObject => ({ id: document.id, project_id: document.projectId, tenant_id: document.projectId });

export const scopeView = (document: Document): JsonObject => ({
  ...owner(document),
  name: document.name,
  shared: document.body.shared as Json,
  ip_version: document.body.ip_version as Json,
});

export const policyView = (document: Document): JsonObject => ({
  ...owner(document),
  action: document.body.action as Json,
  object_id: document.body.object_id as Json,
  target_tenant: document.body.target_tenant as Json,
  object_type: document.body.object_type as Json,
});
