/** The last look at whether anything in the database points nowhere, kept in the database itself. */
import type { Queryable } from './database.ts';
import { findOrphans, type Orphan } from './queries/find-orphans.ts';
import { readSetting, writeSetting } from './setting.ts';

export interface IntegrityReport {
  /** Milliseconds since 1970. */
  readonly checkedAt: number;
  /** How many were found; no more are counted than one look gives. */
  readonly orphans: number;
}

const SETTING = 'integrity';

export async function checkIntegrity(db: Queryable, now: number): Promise<readonly Orphan[]> {
  const orphans = await findOrphans(db);
  const report: IntegrityReport = { checkedAt: now, orphans: orphans.length };
  await writeSetting(db, SETTING, JSON.stringify(report));
  return orphans;
}

/** Null: nobody has looked yet. */
export async function lastIntegrityReport(db: Queryable): Promise<IntegrityReport | null> {
  const text = await readSetting(db, SETTING);
  return text === null ? null : (JSON.parse(text) as IntegrityReport);
}
