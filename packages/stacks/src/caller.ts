/** Who asks: the verified identity behind a request. Every use case takes one, and sees what its project owns. */
import type { ProjectId, Secret, UserId } from '@hearth/kernel';

export interface Caller {
  readonly projectId: ProjectId;
  readonly userId: UserId;
  readonly userName: string;
  readonly roles: readonly string[];
  /** For calls made in the user's own name: delegation, constraint look-ups. */
  readonly token: Secret;
  /** The trust that the token was made from: the caller acts for somebody else, and cannot delegate anew. */
  readonly trustId: string | null;
}

/** The role of the accounts that guests of stacks have. */
export const STACK_USER_ROLE = 'heat_stack_user';

/** A guest: it may tell of its own resource, and read what is meant for it. */
export const isStackUser = (caller: Caller): boolean => caller.roles.includes(STACK_USER_ROLE) && !isAdministrator(caller);

/** Administrators may read and change a stack of any project when they know its id; lists and names stay their own project's. */
export const isAdministrator = (caller: Caller): boolean => caller.roles.includes('admin');
