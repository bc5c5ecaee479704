/** Points in time and lengths of time, in microseconds. */

/** A length of time. */
export class Span {
  /** Microseconds, of either sign. */
  readonly span: bigint;
  constructor(span: bigint) {
    this.span = span;
  }
}

/** A point in time with the distance of its clock from UTC. */
export class Moment {
  /** Microseconds of the clock on the wall since 1970-01-01. */
  readonly local: bigint;
  /** Microseconds that clock is ahead of UTC. */
  readonly offset: bigint;
  constructor(local: bigint, offset: bigint) {
    this.local = local;
    this.offset = offset;
  }
  get instant(): bigint {
    return this.local - this.offset;
  }
}
