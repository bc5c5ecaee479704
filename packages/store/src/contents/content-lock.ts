/**
 * Who may refer to a content and who may remove one. References are made under a shared lock that lasts until they are committed; contents that
 * nobody refers to are looked for and removed under the exclusive one. So no reference can come about that the removal does not see.
 */

/** The key of the advisory lock: "content" in letters. */
const KEY = '27987174018643060';

/** For `with`: a row that is there once the lock is held. What is joined with it happens afterwards. */
export const REFERRING = `referring as materialized (select pg_advisory_xact_lock_shared(${KEY}) as held)`;

/** Waits for those who are about to commit; the statements after it see what they wrote. */
export const REMOVING = `select pg_advisory_xact_lock(${KEY})`;
