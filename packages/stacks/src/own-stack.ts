/**
 * The one place where a request meets a stack. Every use case that names a stack comes through here and gets it only if the caller's
 * project owns it; anything else looks exactly like a stack that does not exist.
 */
import { asId, isUuidLike, type ProjectId, type StackId } from '@hearth/kernel';
import { stackUserOf } from '@hearth/resource-kit';
import { findStackById, findStackByName, lockStackById, type Queryable, type ResourceRecord, type StackRecord } from '@hearth/store';
import { isAdministrator, isStackUser, type Caller } from './caller.ts';
import { notFound } from './refusals.ts';

/** How a request names a stack: id and name must belong together when both are given. */
export interface StackKey {
  readonly id: string;
  readonly name: string | null;
}

/** Whose stacks a caller may reach by id; null: anybody's. */
const reach = (caller: Caller): ProjectId | null => (isAdministrator(caller) ? null : caller.projectId);

/** Deleted stacks included: they can be shown. */
export async function ownStack(db: Queryable, caller: Caller, key: StackKey): Promise<StackRecord> {
  return matching(key, isUuidLike(key.id) ? await findStackById(db, reach(caller), asId<StackId>(key.id)) : null);
}

export async function ownLiveStack(db: Queryable, caller: Caller, key: StackKey): Promise<StackRecord> {
  return alive(key, await ownStack(db, caller, key));
}

/** Locked until the transaction ends. */
export async function lockOwnLiveStack(tx: Queryable, caller: Caller, key: StackKey): Promise<StackRecord> {
  return alive(key, isUuidLike(key.id) ? await lockStackById(tx, reach(caller), asId<StackId>(key.id)) : null);
}

/** A stack whose guests may ask too; what is theirs in it is told by `ownRows`, which must follow. */
export async function liveStackForGuest(db: Queryable, caller: Caller, key: StackKey): Promise<StackRecord> {
  return alive(key, isUuidLike(key.id) ? await findStackById(db, guestReach(caller), asId<StackId>(key.id)) : null);
}
/** Locked until the transaction ends. */
export async function lockStackForGuest(tx: Queryable, caller: Caller, key: StackKey): Promise<StackRecord> {
  return alive(key, isUuidLike(key.id) ? await lockStackById(tx, guestReach(caller), asId<StackId>(key.id)) : null);
}
const guestReach = (caller: Caller): ProjectId | null => (isStackUser(caller) ? null : reach(caller));

/** A stack that a signed URL names: there is no caller, so nothing may be told or done before the signature is checked. Locked until the transaction ends. */
export const lockSignedStack = (tx: Queryable, id: string): Promise<StackRecord | null> => lockStackById(tx, null, asId<StackId>(id));

/** To a guest nothing is there but the resource that has its account. */
export function ownRows(caller: Caller, key: StackKey, rows: readonly ResourceRecord[]): readonly ResourceRecord[] {
  if (!isStackUser(caller)) return rows;
  const own = rows.filter(({ data }) => {
    const user = stackUserOf(data);
    return user !== null && user.id === caller.userId && user.projectId === caller.projectId;
  });
  if (own.length === 0) throw notFound('Stack', key.name ?? key.id);
  return own;
}

/** By id (deleted ones too), else by the name of a live stack. */
export async function ownStackByNameOrId(db: Queryable, caller: Caller, nameOrId: string): Promise<StackRecord> {
  const byId = isUuidLike(nameOrId) ? await findStackById(db, reach(caller), asId<StackId>(nameOrId)) : null;
  const stack = byId ?? (await findStackByName(db, caller.projectId, nameOrId));
  if (stack === null) throw notFound('Stack', nameOrId);
  return stack;
}

/** The project whose stacks a list shows and whose names must be free. */
export const ownProject = (caller: Caller): ProjectId => caller.projectId;

function alive(key: StackKey, found: StackRecord | null): StackRecord {
  const stack = matching(key, found);
  if (stack.deletedAt !== null) throw notFound('Stack', key.name ?? key.id);
  return stack;
}

function matching(key: StackKey, stack: StackRecord | null): StackRecord {
  if (stack === null || (key.name !== null && stack.name !== key.name)) throw notFound('Stack', key.name ?? key.id);
  return stack;
}
