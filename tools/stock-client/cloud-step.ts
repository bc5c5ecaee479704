/** The shape of a declared command of the cloud transcript: what is run, as whom, and what must be seen. */

/** Who runs a command: a member of a project, a member of another one, an administrator. */
export type Who = 'demo' | 'other' | 'admin';

/** What a value must be: a text with `{placeholders}` (of the value or its JSON), a pattern over the value as text (JSON for objects), or the value itself. */
export type Wanted = string | RegExp | number | boolean | null;

export type WantedFields = Readonly<Record<string, Wanted>>;

export interface CloudStep {
  /** Unique; begins with the command's words, then what is special. */
  readonly name: string;
  /** Words after `openstack`, in one line; quotes keep words together, `{name}` stands for what an earlier step kept. */
  readonly run: string;
  /** `demo` when absent. */
  readonly as?: Who;
  /** Logs in differently: `type` is the client's auth type, the rest its settings. */
  readonly login?: Readonly<Record<string, string>>;
  /** Fields of the one thing that is shown; the command is run with `-f json`. */
  readonly shows?: WantedFields;
  /** Columns of a listing, and a row that must (not) be there; the command is run with `-f json`. */
  readonly lists?: { readonly columns: readonly string[]; readonly has?: WantedFields; readonly lacks?: WantedFields };
  /** The words of a refusal; the command must end with 1 (or `code`). */
  readonly refuses?: RegExp;
  /** The words of a success. */
  readonly says?: RegExp;
  /** Exit code, where it is neither 0 nor that of a refusal. */
  readonly code?: number;
  /** Placeholders to fill from the fields of what is shown, or of the row that was found. */
  readonly keeps?: Readonly<Record<string, string>>;
  /** Run again until it is as wanted, or the time is up. */
  readonly eventually?: true;
}

/** Steps that build on each other; chapters are independent of each other. */
export interface CloudChapter {
  readonly name: string;
  readonly steps: readonly CloudStep[];
  /** Run at the end as administrator or as stated, whatever happened; those with unfilled placeholders are left out. */
  readonly sweep: readonly { readonly run: string; readonly as?: Who }[];
}

export const ID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/;
export const WHEN = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/;
export const NUMBER = /^\d+$/;
export const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;
export const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
