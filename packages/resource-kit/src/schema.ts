/** Schemas of properties and attributes: data that validation, documentation, `resource type show` and the forms share. */
import type { Json } from '@hearth/kernel';

export type PropertyKind = 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map' | 'any';

export interface PropertySchema {
  readonly kind: PropertyKind;
  readonly doc: string;
  readonly required: boolean;
  /** May change in place. Otherwise a change replaces the resource. */
  readonly updatable: boolean;
  /** A change is refused altogether. */
  readonly immutable?: boolean;
  readonly default?: Json;
  readonly constraints?: readonly Constraint[];
  /** Entries of a map, by key. */
  readonly fields?: Readonly<Record<string, PropertySchema>>;
  /** Items of a list. */
  readonly items?: PropertySchema;
  /** Never shown, logged or exported. */
  readonly secret?: boolean;
  readonly support?: {
    readonly status: 'SUPPORTED' | 'DEPRECATED' | 'UNSUPPORTED' | 'HIDDEN';
    readonly since?: string | null;
    readonly message?: string;
  };
  /**
   * Older names beside this one whose value moves here (`networks[].uuid` → `network`). A name that the schema itself still lists is
   * shown by `resource type show`; one that it does not is merely accepted. Giving both is an error.
   */
  readonly translatedFrom?: readonly string[];
}

export type Constraint =
  | { readonly kind: 'range'; readonly min: number | null; readonly max: number | null; readonly message?: string }
  | { readonly kind: 'length'; readonly min: number | null; readonly max: number | null; readonly message?: string }
  | { readonly kind: 'modulo'; readonly step: number; readonly offset: number; readonly message?: string }
  | { readonly kind: 'allowed-values'; readonly values: readonly Json[]; readonly message?: string }
  | { readonly kind: 'allowed-pattern'; readonly pattern: string; readonly message?: string }
  /** Checked against the cloud by the finder of that name: `nova.flavor`. */
  | { readonly kind: 'custom'; readonly name: string; readonly message?: string };

export interface AttributeSchema {
  readonly doc: string;
  readonly kind?: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map';
  /** `live`: always read from the cloud when shown. */
  readonly cache: 'stored' | 'live';
  /** Old: templates may ask for it, nobody is told of it. */
  readonly isHidden?: true;
}
