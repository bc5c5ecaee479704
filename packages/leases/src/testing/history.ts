/**
 * What several processes did to the same rows at the same time, each on its own account, with when it asked and when it was answered; and what must hold
 * of it, whatever befell them. Pure. Times are of one clock, which none of them knows.
 */

interface Asked {
  readonly by: string;
  readonly row: string;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
}

/** `unknown`: the answer was lost. */
export type Answer = 'accepted' | 'refused' | 'unknown';

export type Fact =
  | (Asked & { readonly kind: 'claim' })
  | (Asked & { readonly kind: 'write'; readonly answer: Answer })
  /** `kept`: somebody had asked for more meanwhile. */
  | (Asked & { readonly kind: 'release'; readonly answer: Answer | 'kept' })
  /** It did what no fence guards, being sure that it held the row: `from` and `to` are the same. */
  | (Asked & { readonly kind: 'act' });

/** A write as the database has it, in the order of commit of its row. */
export interface Logged {
  readonly by: string;
  readonly epoch: number;
}

type Claimed = Fact & { readonly kind: 'claim' };

/** `logs`: by row, as far as they are known. */
export function historyProblems(facts: readonly Fact[], logs: ReadonlyMap<string, readonly Logged[]> = new Map()): readonly string[] {
  const problems: string[] = [];
  for (const row of new Set(facts.map((fact) => fact.row))) {
    const own = facts.filter((fact) => fact.row === row);
    const claims = own.filter((fact): fact is Claimed => fact.kind === 'claim');
    problems.push(...claimProblems(claims), ...logProblems(row, logs.get(row) ?? [], claims));
    const releases = own.filter((fact) => fact.kind === 'release' && fact.answer === 'accepted');
    for (const fact of own) {
      const isUntouched = fact.kind === 'claim' || (fact.kind !== 'act' && fact.answer !== 'accepted');
      if (!isUntouched) problems.push(...ownerProblems(fact, claims, releases));
    }
  }
  return problems;
}

const textOf = ({ by, kind, row, epoch }: Fact): string => `${kind} of ${row} by ${by} at epoch ${epoch}`;

/** Nobody holds what somebody else holds, and epochs rise. */
function claimProblems(claims: readonly Claimed[]): readonly string[] {
  const problems: string[] = [];
  const byEpoch = new Map<number, Claimed>();
  for (const claim of claims) {
    const other = byEpoch.get(claim.epoch);
    if (other !== undefined) problems.push(`${textOf(claim)}: ${other.by} holds it at that epoch`);
    byEpoch.set(claim.epoch, claim);
  }
  const byEnd = claims.toSorted((a, b) => a.to - b.to);
  for (const claim of claims) {
    const before = byEnd.filter(({ to }) => to < claim.from);
    const higher = before.find(({ epoch }) => epoch > claim.epoch);
    if (higher !== undefined) problems.push(`${textOf(claim)}: after one at epoch ${higher.epoch}`);
  }
  return problems;
}

/** What was accepted, or done unguarded, was its owner's. */
function ownerProblems(fact: Fact, claims: readonly Claimed[], releases: readonly Fact[]): readonly string[] {
  const problems: string[] = [];
  const isClaimed = claims.some(({ by, epoch, from }) => by === fact.by && epoch === fact.epoch && from <= fact.to);
  if (!isClaimed) problems.push(`${textOf(fact)}: it never claimed that`);
  const next = claims.find(({ epoch, to }) => epoch > fact.epoch && to < fact.from);
  if (next !== undefined) problems.push(`${textOf(fact)}: ${next.by} had it at epoch ${next.epoch}`);
  if (releases.some((release) => release !== fact && release.epoch === fact.epoch && release.to < fact.from))
    problems.push(`${textOf(fact)}: it had given it back`);
  return problems;
}

/** In the order of commit, no epoch comes after a higher one, and each is one holder's. */
function logProblems(row: string, log: readonly Logged[], claims: readonly Claimed[]): readonly string[] {
  const problems: string[] = [];
  const holders = new Map(claims.map(({ epoch, by }) => [epoch, by]));
  let highest = 0;
  for (const { by, epoch } of log) {
    if (epoch < highest) problems.push(`${row}: written at epoch ${epoch} after ${highest}`);
    highest = Math.max(highest, epoch);
    const holder = holders.get(epoch) ?? by;
    if (holder !== by) problems.push(`${row}: ${by} wrote at epoch ${epoch} of ${holder}`);
    holders.set(epoch, holder);
  }
  return problems;
}
