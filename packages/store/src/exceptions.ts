/** What a request leaves out: resources that are skipped, and what a deletion leaves in the cloud. Names are paths: `server`, `group/0/server`. Pure. */

export interface Exceptions {
  /** They count as they are wanted to be, and are left alone. */
  readonly skipped: readonly string[];
  /** A deletion leaves them in the cloud. */
  readonly retained: readonly string[];
  /** `force`: what the cloud refuses to delete is left behind; `keep`: everything is. */
  readonly deletion: 'usual' | 'force' | 'keep';
}

/** As the column holds it. */
export const exceptionsValue = (exceptions: Exceptions | null | undefined): string | null =>
  exceptions === undefined || exceptions === null ? null : JSON.stringify(exceptions);

/** Names of this very stack's resources that are skipped. */
export const skippedNames = (exceptions: Exceptions | null): ReadonlySet<string> =>
  new Set(exceptions?.skipped.filter((path) => !path.includes('/')) ?? []);

/** A deletion leaves the whole resource in the cloud. */
export const isRetained = (exceptions: Exceptions | null, name: string): boolean =>
  exceptions !== null && (exceptions.deletion === 'keep' || exceptions.retained.includes(name));

export const isForced = (exceptions: Exceptions | null): boolean => exceptions !== null && exceptions.deletion !== 'usual';

/** The same for a nested stack that is deleted: nothing is skipped there, so what is to be let be stays in the cloud. */
export function exceptionsOfDeletion({ exceptions }: { readonly exceptions: Exceptions | null }, name: string): Exceptions | null {
  const below = exceptionsBelow(exceptions, name);
  return below === null ? null : { ...below, skipped: [], retained: [...below.retained, ...below.skipped] };
}

/** What of it concerns the stack that a resource of this name consists of; null: nothing. */
export function exceptionsBelow(exceptions: Exceptions | null, name: string): Exceptions | null {
  if (exceptions === null) return null;
  const below = (paths: readonly string[]): readonly string[] =>
    paths.flatMap((path) => (path.startsWith(`${name}/`) ? [path.slice(name.length + 1)] : []));
  const skipped = below(exceptions.skipped);
  const retained = below(exceptions.retained);
  const deletion = exceptions.retained.includes(name) ? 'keep' : exceptions.deletion;
  return skipped.length === 0 && retained.length === 0 && deletion === 'usual' ? null : { skipped, retained, deletion };
}
