/** Container ACLs: `.r:*`, `.r:-evil.test`, `.rlistings`, `project:user` with ids or names or `*`, and role names. */
import type { Identity } from '@hearth/http-kit';
import { refused } from './state.ts';

const REFERRER_WORDS = new Set(['.r', '.ref', '.referer', '.referrer']);
const MAX_ACL = 4096;

/** The normal form of an ACL that somebody sets; refused with Swift's words when it makes no sense. */
export function cleanAcl(kind: 'read' | 'write', text: string): string {
  if (text.length > MAX_ACL) throw refused(400, `ACLs are at most ${MAX_ACL} characters long.`);
  const values: string[] = [];
  for (const raw of text.split(',').map((part) => part.trim())) {
    if (raw === '') continue;
    const colon = raw.indexOf(':');
    const first = colon < 0 ? raw : raw.slice(0, colon).trim();
    let second = colon < 0 ? null : raw.slice(colon + 1).trim();
    if (second === null || second === '' || !first.startsWith('.')) {
      values.push(raw);
      continue;
    }
    if (!REFERRER_WORDS.has(first)) throw refused(400, `Unknown designator '${first}' in ACL: '${raw}'`);
    if (kind === 'write') throw refused(400, `Referrers not allowed in write ACL: '${raw}'`);
    const isNegative = second.startsWith('-');
    if (isNegative) second = second.slice(1).trim();
    if (second !== '*' && second.startsWith('*')) second = second.slice(1).trim();
    if (second === '' || second === '.') throw refused(400, `No host/domain value after referrer designation in ACL: '${raw}'`);
    values.push(`.r:${isNegative ? '-' : ''}${second}`);
  }
  return values.join(',');
}

export interface Acl {
  readonly referrers: readonly string[];
  readonly groups: readonly string[];
}

export function readAcl(text: string): Acl {
  const parts = text === '' ? [] : text.split(',');
  return {
    referrers: parts.filter((part) => part.startsWith('.r:')).map((part) => part.slice(3)),
    groups: parts.filter((part) => !part.startsWith('.r:')),
  };
}

/** Whoever comes from an allowed page, or from anywhere; a later entry overrules an earlier one. */
export function referrerAllowed(referrer: string | null, acl: Acl): boolean {
  const host = referrer !== null && URL.canParse(referrer) ? new URL(referrer).hostname : 'unknown';
  let isAllowed = false;
  for (const entry of acl.referrers) {
    const isNegative = entry.startsWith('-');
    const wanted = isNegative ? entry.slice(1) : entry;
    const matches = wanted === '*' || wanted === host || (wanted.startsWith('.') && host.endsWith(wanted));
    if (matches) isAllowed = !isNegative;
  }
  return isAllowed;
}

/** `project:user`, each by id, name (default domain) or `*`. */
export function userNamed(identity: Identity, acl: Acl): boolean {
  const projects = ['*', identity.projectId, identity.projectDomainId === 'default' ? identity.projectName : null];
  const users = ['*', identity.userId, identity.userDomainId === 'default' ? identity.userName : null];
  return projects.some((project) => project !== null && users.some((user) => user !== null && acl.groups.includes(`${project}:${user}`)));
}

export const roleNamed = (identity: Identity, acl: Acl): boolean =>
  identity.roles.some((role) => acl.groups.some((group) => group.toLowerCase() === role.toLowerCase()));
