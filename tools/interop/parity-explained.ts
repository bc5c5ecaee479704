/**
 * Differences from real services that are meant or cannot be otherwise, each with its reason. `*` stands for anything within a text; an
 * entry that no longer matches anything is reported, so that the table only holds what is true.
 */

export interface Explained {
  /** Service as in the catalogue, or `*`. */
  readonly service: string;
  /** Method and path as the report prints them. */
  readonly call: string;
  /** What differs, as the report prints it. */
  readonly at: string;
  /** One sentence for people who read docs/compatibility.md. */
  readonly why: string;
}

export const EXPLAINED: readonly Explained[] = [];
