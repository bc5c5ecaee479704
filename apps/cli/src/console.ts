/** What commands print on, and how they learn what the user sees: text or JSON, a terminal or a pipe. */
import type { Json } from '@hearth/kernel';

export interface Console {
  /** One JSON value is wanted instead of text. */
  readonly json: boolean;
  /** Standard output is a terminal that can be redrawn. */
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly rows: number;
  /** A line for people; nothing in JSON mode. */
  line(text: string): void;
  /** The result for programs; nothing in text mode. */
  result(value: Json): void;
  /** What went wrong, on standard error; in JSON mode `{"error": {code, message}}` on standard output. */
  fail(message: string, code: string): void;
  /** As it is, to the terminal. */
  raw(text: string): void;
  /** Aborted at the first Ctrl-C; a second one ends the program. */
  readonly cancel: AbortSignal;
}

const FORCE_AFTER_MS = 500;

export function systemConsole(json: boolean): Console {
  const out = process.stdout;
  const abort = new AbortController();
  let firstAt = 0;
  const interrupted = (): void => {
    // npm and the terminal may both deliver one Ctrl-C; only a later one is impatience.
    if (abort.signal.aborted && Date.now() - firstAt > FORCE_AFTER_MS) process.exit(130);
    if (!abort.signal.aborted) firstAt = Date.now();
    abort.abort();
  };
  // Whoever reads us (`| head`) has seen enough.
  out.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  return {
    json,
    isTerminal: !json && out.isTTY === true && process.env['TERM'] !== 'dumb',
    get columns() {
      return out.columns ?? 120;
    },
    get rows() {
      return out.rows ?? 40;
    },
    line: (text) => {
      if (!json) out.write(`${text}\n`);
    },
    result: (value) => {
      if (json) out.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    fail: (message, code) => {
      if (json) out.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
      else process.stderr.write(`hearth: ${message}\n`);
    },
    raw: (text) => {
      out.write(text);
    },
    cancel: abort.signal,
  };
}
