/** What a definition takes from outside itself and its parameters: the exports of other stacks, and the zones of the cloud. */
import type { Json } from '@hearth/kernel';

export interface Imported {
  readonly value: Json;
  /** A hidden parameter of the exporting stack went into it. */
  readonly secret: boolean;
}

export interface Outside {
  /** Null: it cannot be known yet. A text: there is no such export, and what to do about it. */
  imported(name: string): Imported | string | null;
  /** Names of the availability zones; null: they cannot be known yet. */
  zones(): readonly string[] | null;
}

/** The answers that a definition was checked with, kept with it so that it stays what it was. */
export interface TakenIn {
  readonly imports: Readonly<Record<string, Imported>>;
  /** Absent: nothing asked for them. */
  readonly zones?: readonly string[];
}

const NOBODY = 'no other stack of this project exports it';
/** What Heat shows where no cloud can be asked. */
const DEFAULT_ZONES: readonly string[] = ['nova'];

export const outsideOf = (taken: TakenIn | undefined): Outside => ({
  imported: (name) => (taken !== undefined && Object.hasOwn(taken.imports, name) ? (taken.imports[name] as Imported) : NOBODY),
  zones: () => taken?.zones ?? DEFAULT_ZONES,
});

/** Where values are not demanded, what is not there may still come. */
export const leniently = (outside: Outside): Outside => ({
  ...outside,
  imported(name) {
    const found = outside.imported(name);
    return typeof found === 'string' ? null : found;
  },
});
