/**
 * Signals: what resources are told from outside, by guests mostly. A type says what a signal to it means before it is taken down; who waits for
 * signals reads them from the shelf.
 */
import type { Json, JsonObject } from '@hearth/kernel';

export interface Signal {
  /** What makes two signals one; null: each is its own. */
  readonly key: string | null;
  readonly body: JsonObject;
  /** When it came, ms since 1970. */
  readonly at: number;
}

/** What is known of a resource that is signalled. */
export interface SignalPlace {
  /** As last applied. */
  readonly props: JsonObject;
  /** Signals that it has by now. */
  readonly count: number;
}

export type SignalVerdict =
  | {
      readonly kind: 'keep';
      /** Another signal of the same key stands in for the one before; null: each is its own. */
      readonly key: string | null;
      readonly body: JsonObject;
      /** For the event. */
      readonly reason: string;
    }
  /** It says nothing: nothing changes, and nobody is told. */
  | { readonly kind: 'ignore' };

/** How a type takes signals. Pure. */
export interface SignalTaking {
  /** What the signal means. `details` is what came, null for nothing. Throws a `Refusal` when it cannot be taken: nothing changes then. */
  judge(details: Json, place: SignalPlace): SignalVerdict;
  /** What the signals make of the resource's metadata, beside what the template says. */
  metadata?(signals: readonly Signal[]): JsonObject;
  /** What a signed URL for signals is for; absent: there are none. */
  readonly url?: SignalUrlKind;
}
/** `waitcondition`: the answer has the metadata. `signal`: the answer is empty. */
export type SignalUrlKind = 'waitcondition' | 'signal';

/** A resource of the same stack, as those see it who wait for signals to it. */
export interface SignalledResource {
  readonly name: string;
  /** The registered type that acts for it. */
  readonly handler: string;
  readonly physicalName: string;
  readonly props: JsonObject;
  /** In the order in which they came. */
  readonly signals: readonly Signal[];
}

/** Signals to resources of one stack; nothing of other stacks can be reached. */
export interface SignalShelf {
  /** The resource of the stack that `get_resource` gives the reference of; null when there is none. */
  to(reference: string): Promise<SignalledResource | null>;
  /** All that came so far is forgotten. */
  forget(reference: string): Promise<void>;
}

/** Of a stack that has no resources. */
export const NO_SIGNALS: SignalShelf = { to: async () => null, forget: async () => {} };
