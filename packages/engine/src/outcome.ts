/** What came of one call to a handler, as a value: the run applies it to the row, nobody else does. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { ChildWrite } from '@hearth/store';

export type Outcome =
  | { readonly kind: 'done'; readonly physicalId: string | null; readonly data: JsonObject | null; readonly attributes: JsonObject | null }
  | {
      readonly kind: 'wait';
      readonly physicalId: string | null;
      readonly data: JsonObject | null;
      readonly token: Json;
      readonly afterMs: number;
      readonly saw: string;
      /** What the row's child stack is to become, written with the row. */
      readonly child?: ChildWrite;
    }
  /** `reason` is `<Heat's class>: <message>`. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** The cloud let it fail although nothing was wrong with what was asked for. */
      readonly mayBeTriedAgain?: boolean;
      /** A look has shown that the thing is gone, or no good any more. */
      readonly isBroken?: boolean;
    }
  /** What a failed try left is gone. */
  | { readonly kind: 'cleared'; readonly restMs: number }
  /** The update can only be had by replacing the resource. */
  | { readonly kind: 'replace'; readonly reason: string }
  /** Still trying; the reason is shown to the user meanwhile. */
  | {
      readonly kind: 'trying';
      readonly reason: string;
      /** The call that failed may have been heard, and take effect later. */
      readonly mayLand: boolean;
    }
  /** The look for late leftovers is over. */
  | { readonly kind: 'verified' };
