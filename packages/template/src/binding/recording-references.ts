/** References that know nothing of other resources and remember what was asked. */
import type { References } from '../definition/bound.ts';

export const ALL_ATTRIBUTES = '*';

export interface Recorded {
  readonly references: References;
  /** Resources asked about, in order of first mention. */
  readonly requires: ReadonlySet<string>;
}

/** Attributes that were asked for are added to `used`, by resource. */
export function recordingReferences(used: Map<string, Set<string>> = new Map()): Recorded {
  const requires = new Set<string>();
  const use = (resource: string, attribute: string): undefined => {
    requires.add(resource);
    const known = used.get(resource);
    if (known === undefined) used.set(resource, new Set([attribute]));
    else known.add(attribute);
    return undefined;
  };
  return {
    requires,
    references: {
      referenceId(resource) {
        requires.add(resource);
        return undefined;
      },
      attribute: use,
      allAttributes: (resource) => use(resource, ALL_ATTRIBUTES),
    },
  };
}
