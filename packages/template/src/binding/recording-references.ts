/** References that know nothing of other resources and remember what was asked. */
import { type References, selectionKey } from '../definition/bound.ts';

export const ALL_ATTRIBUTES = '*';

export interface Recorded {
  readonly references: References;
  /** Resources asked about, in order of first mention. */
  readonly requires: ReadonlySet<string>;
}

/** By resource: names of attributes, and selections. */
export interface Used {
  readonly attributes: Map<string, Set<string>>;
  readonly selections: Map<string, Set<string>>;
}
function entryOf(sets: Map<string, Set<string>>, key: string): Set<string> {
  const known = sets.get(key) ?? new Set();
  sets.set(key, known);
  return known;
}

/** Attributes that were asked for are added to `used`. */
export function recordingReferences(used: Used = { attributes: new Map(), selections: new Map() }): Recorded {
  const requires = new Set<string>();
  const use = (resource: string, attribute: string): undefined => {
    requires.add(resource);
    entryOf(used.attributes, resource).add(attribute);
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
      attributeAt(resource, attribute, path) {
        use(resource, attribute);
        entryOf(used.selections, resource).add(selectionKey(attribute, path));
        return null;
      },
      allAttributes(resource) {
        entryOf(used.selections, resource).add(selectionKey(ALL_ATTRIBUTES, []));
        return use(resource, ALL_ATTRIBUTES);
      },
    },
  };
}
