/** The three deletion policies, as templates spell them. */

export type DeletionPolicy = 'delete' | 'retain' | 'snapshot';

const SPELLINGS: ReadonlyMap<string, DeletionPolicy> = new Map([
  ['Delete', 'delete'],
  ['Retain', 'retain'],
  ['Snapshot', 'snapshot'],
]);

export function isDeletionPolicy(text: string, lowerCase: boolean): boolean {
  return SPELLINGS.has(text) || (lowerCase && [...SPELLINGS.values()].includes(text as DeletionPolicy));
}

/** Null when it is none of the three. */
export function deletionPolicyOf(text: string): DeletionPolicy | null {
  const lower = text.toLowerCase();
  return [...SPELLINGS.values()].find((policy) => policy === lower) ?? null;
}
