/** Trusts made with tokens of trusts: how often they may be handed on, and that each is within the one before. */
import type { JsonObject } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { invalid, notAuthorized } from './refusals.ts';
import { collections, type TrustBody } from './state.ts';

const MAX_HANDOVERS = 3;

/** The trust as it is stored: whether it may be handed on, and within the limits of `parent` when it was made with that one. */
export async function handedOn(
  store: CloudStore,
  trust: TrustBody,
  given: JsonObject,
  parent: Document<TrustBody> | null,
): Promise<TrustBody> {
  const asked = typeof given['redelegation_count'] === 'number' ? given['redelegation_count'] : null;
  const mayGoOn = given['allow_redelegation'] === true && asked !== 0;
  if (mayGoOn && trust.remaining_uses !== null) throw invalid('remaining_uses must not be set if redelegation is allowed');
  if (mayGoOn && (asked ?? 0) > MAX_HANDOVERS) throw notAuthorized();
  if (parent === null) return { ...trust, redelegation_count: mayGoOn ? (asked ?? MAX_HANDOVERS) : 0 };
  const left = (parent.body.redelegation_count ?? 0) - 1;
  if (mayGoOn && asked !== null && asked !== left) throw notAuthorized();
  const child: TrustBody = {
    ...trust,
    expiresMs: trust.expiresMs ?? parent.body.expiresMs,
    redelegated_trust_id: parent.id,
    redelegation_count: mayGoOn ? left : 0,
  };
  for (const above of [parent, ...(await trustsAbove(store, parent))]) if (!isWithin(child, above.body)) throw notAuthorized();
  return child;
}

function isWithin(child: TrustBody, parent: TrustBody): boolean {
  const count = parent.redelegation_count ?? 0;
  if (count <= 0 || count > MAX_HANDOVERS || child.remaining_uses !== null) return false;
  if (parent.expiresMs !== null && (child.expiresMs === null || child.expiresMs > parent.expiresMs)) return false;
  if (child.project_id !== parent.project_id || (child.impersonation && !parent.impersonation)) return false;
  return child.role_ids.every((id) => parent.role_ids.includes(id));
}

async function trustsAbove(store: CloudStore, trust: Document<TrustBody>): Promise<readonly Document<TrustBody>[]> {
  const found: Document<TrustBody>[] = [];
  let id = trust.body.redelegated_trust_id ?? null;
  while (id !== null && found.length <= MAX_HANDOVERS) {
    const next = await store.documents.get<TrustBody>(collections.trusts, id);
    if (next === null) throw notAuthorized();
    found.push(next);
    id = next.body.redelegated_trust_id ?? null;
  }
  return found;
}

/** Ids of all trusts that rest on this one. */
export async function redelegations(store: CloudStore, id: string): Promise<readonly string[]> {
  const found: string[] = [];
  let level: readonly string[] = [id];
  for (let depth = 0; level.length > 0 && depth <= MAX_HANDOVERS; depth++) {
    const next = await store.documents.list(collections.trusts, { where: [{ field: 'redelegated_trust_id', in: level }] });
    level = next.map((trust) => trust.id);
    found.push(...level);
  }
  return found;
}
