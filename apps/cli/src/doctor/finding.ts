/** What one check of the doctor found. */

export interface Finding {
  /** What was looked at, in two words. */
  readonly what: string;
  readonly ok: boolean;
  readonly saw: string;
  /** What to do; null when all is well. */
  readonly remedy: string | null;
}

export const fine = (what: string, saw: string): Finding => ({ what, ok: true, saw, remedy: null });
export const problem = (what: string, saw: string, remedy: string): Finding => ({ what, ok: false, saw, remedy });
