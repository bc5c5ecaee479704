/** What a check has against a file, as one line that an editor can follow. */

export interface Finding {
  readonly rule: string;
  /** Relative to the root. */
  readonly path: string;
  /** 1-based; 0 for the file as a whole. */
  readonly line: number;
  /** What is wrong, and what to do instead. */
  readonly message: string;
}

export const findingText = ({ rule, path, line, message }: Finding): string =>
  `${path}${line > 0 ? `:${line}` : ''}  ${message}  [${rule}]`;
