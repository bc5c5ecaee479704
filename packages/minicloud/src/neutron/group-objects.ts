/** Security groups and rules: attributes and what is shown. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { common, fixed, oneOf, optional, orNull, required, shownOnly, text, truth, unfiltered, type Attributes } from './attributes.ts';
import { stamps } from './objects.ts';
import { etherType, portNumber, protocolName } from './rule-checks.ts';

export const groupAttributes: Attributes = {
  ...common,
  stateful: unfiltered(optional(truth, true)),
  security_group_rules: unfiltered(shownOnly),
  shared: shownOnly,
};

export const ruleAttributes: Attributes = {
  id: shownOnly,
  tags: shownOnly,
  created_at: shownOnly,
  updated_at: shownOnly,
  revision_number: shownOnly,
  security_group_id: required(text(36)),
  direction: required(oneOf('ingress', 'egress')),
  ethertype: fixed(etherType, 'IPv4'),
  protocol: fixed(protocolName, null),
  port_range_min: fixed(portNumber, null),
  port_range_max: fixed(portNumber, null),
  remote_group_id: fixed(orNull(text()), null),
  remote_ip_prefix: fixed(orNull(text()), null),
  remote_address_group_id: fixed(orNull(text()), null),
  description: fixed(orNull(text()), ''),
  normalized_cidr: shownOnly,
  standard_attr_id: shownOnly,
};

/** Within its group a rule shows more than alone. */
export function ruleView(document: Document, isWithin = false): JsonObject {
  const { body } = document;
  const { tags, ...stamped } = stamps(document, 0);
  return {
    id: document.id,
    tenant_id: document.projectId,
    security_group_id: document.parentId,
    ethertype: body.ethertype as Json,
    direction: body.direction as Json,
    protocol: body.protocol as Json,
    port_range_min: body.port_range_min as Json,
    port_range_max: body.port_range_max as Json,
    remote_ip_prefix: body.remote_ip_prefix as Json,
    remote_address_group_id: null,
    normalized_cidr: body.normalized_cidr ?? null,
    remote_group_id: body.remote_group_id as Json,
    ...(isWithin ? { standard_attr_id: document.seq, tags: tags ?? [] } : {}),
    description: body.description as Json,
    ...stamped,
  };
}

export function groupView(document: Document, rules: readonly Document[], identity: Identity): JsonObject {
  const { body } = document;
  return {
    id: document.id,
    name: document.name,
    stateful: body.stateful as Json,
    tenant_id: document.projectId,
    description: body.description as Json,
    shared: ((body.shared_with ?? []) as readonly string[]).some((one) => one === '*' || one === identity.projectId),
    security_group_rules: rules.map((rule) => ruleView(rule, true)),
    ...stamps(document, 1),
  };
}
