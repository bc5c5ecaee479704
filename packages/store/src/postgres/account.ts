/**
 * The account that runs the embedded PostgreSQL. PostgreSQL refuses to run as root, so root lends it an unprivileged account;
 * everybody else runs it as themselves.
 */
import { readFileSync, statSync } from 'node:fs';
import { Failure } from '@hearth/kernel';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Tried in this order; the first that exists is used. */
const PREFERRED = ['hearth', 'postgres', 'nobody'];

/**
 * Null: the processes run as the caller. Otherwise the account to switch to: the owner of an existing cluster, so that a cluster
 * once made stays with its account, else the first of `hearth`, `postgres`, `nobody` that the system has.
 */
export function databaseAccount(clusterFolder: string, passwdFile = '/etc/passwd'): Account | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readAccounts(passwdFile);
  const owner = statSync(clusterFolder, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) {
    return accounts.find((account) => account.uid === owner.uid) ?? { name: `user ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  }
  for (const name of PREFERRED) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (account !== undefined) return account;
  }
  throw new Failure(
    'configuration',
    `PostgreSQL does not run as root, and ${passwdFile} has none of the accounts ${PREFERRED.join(', ')} to lend it. ` +
      'Start Hearth as an ordinary user, add an account named "hearth", or use another server with --database-url.',
  );
}

function readAccounts(passwdFile: string): readonly Account[] {
  let text: string;
  try {
    text = readFileSync(passwdFile, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}
