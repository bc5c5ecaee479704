/** Who has enough for now: of the places that others leave, nobody takes all, so that there is one for whoever comes next. */

const LARGEST_SHARE = 0.75;

/** `held`: for each place that is taken, whose it is; null: nobody's in particular. */
export function fullShares(places: number, held: Iterable<string | null>): readonly string[] {
  const counts = new Map<string, number>();
  let total = 0;
  for (const share of held) {
    total++;
    if (share !== null) counts.set(share, (counts.get(share) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count >= LARGEST_SHARE * (places - (total - count))).map(([share]) => share);
}
