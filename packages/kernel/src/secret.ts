/** A value that prints as `***` wherever it goes; `revealSecret` is the one audited way out. */

const HIDDEN = '***';

export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  toString(): string {
    return HIDDEN;
  }
  toJSON(): string {
    return HIDDEN;
  }
  static reveal(secret: Secret): string {
    return secret.#value;
  }
}

/** Unwraps a secret. Allowed in `cloud-*`, `store` and the composition root only (lint). */
export const revealSecret = (secret: Secret): string => Secret.reveal(secret);
