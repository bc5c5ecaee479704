/** Who is asking, in the terms Keystone's policies use: administrator, reader of the system or of a domain, and the token's scope. */
import type { ApiRequest } from '@hearth/http-kit';
import { forbidden, unauthorized } from './refusals.ts';
import type { IdentityContext } from './identity-context.ts';
import type { TokenHolder } from './token-holder.ts';

export interface Caller {
  readonly userId: string;
  readonly holder: TokenHolder;
  /** Holds `admin` in the token's scope, whichever that is: an administrator of anything is one of everything, as by Keystone's defaults. */
  readonly isAdmin: boolean;
  /** A token for the system with `reader`: may read everything. */
  readonly isSystemReader: boolean;
  readonly isSystem: boolean;
  /** Of a token for a domain. */
  readonly domainId: string | null;
  /** The same, if `reader` is among its roles. */
  readonly readerDomainId: string | null;
  readonly projectId: string | null;
  readonly projectDomainId: string | null;
}

export async function callerOf(context: IdentityContext, request: ApiRequest): Promise<Caller> {
  const holder = await context.tokens.holder(request.identity.token);
  if (holder === null) throw unauthorized();
  const names = new Set(holder.roles.map((role) => role.body.name));
  const domainId = holder.domain?.id ?? null;
  return {
    userId: holder.user.id,
    holder,
    isAdmin: names.has('admin'),
    isSystemReader: holder.isSystem && names.has('reader'),
    isSystem: holder.isSystem,
    domainId,
    readerDomainId: names.has('reader') ? domainId : null,
    projectId: holder.project?.id ?? null,
    projectDomainId: holder.projectDomain?.id ?? null,
  };
}

export const mayReadAll = (caller: Caller): boolean => caller.isAdmin || caller.isSystemReader;

/** Throws Keystone's 403 unless it is allowed; `action` as in its policies, without `identity:`. */
export function need(isAllowed: boolean, action: string): void {
  if (!isAllowed) throw forbidden(`identity:${action}`);
}

export async function needAdmin(context: IdentityContext, request: ApiRequest, action: string): Promise<Caller> {
  const caller = await callerOf(context, request);
  need(caller.isAdmin, action);
  return caller;
}

/** A login that was handed on: what it makes must not outlive it, nor reach further. */
export const isDelegated = ({ holder }: Caller): boolean => holder.trust !== null || holder.applicationCredential !== null;

/** A restricted application credential makes nothing that could stand in for itself. */
export function needUnrestricted({ holder }: Caller, what: string): void {
  if (holder.applicationCredential !== null && holder.applicationCredential.body.unrestricted !== true)
    throw forbidden(`Using method 'application_credential' is not allowed for managing additional ${what}.`);
}

/** What was handed on stays within the project it is for; what belongs to no project is not its business. */
export const isInScope = (caller: Caller, projectId: string | null): boolean => !isDelegated(caller) || projectId === caller.projectId;

export function needInScope(caller: Caller, projectId: string | null, action: string): void {
  if (!isInScope(caller, projectId)) throw forbidden(action);
}
