/** Where the test run's one PostgreSQL is, as the global set-up tells it to the test files. */

/** Passed through vitest's `provide`; the server starts when the first test asks for it. */
export interface TestServerPlace {
  /** A test that wants the server makes the file `wanted` in it; then `ready.json` or `failed.txt` appears. */
  readonly folder: string;
}

/** Contents of `ready.json`. */
export interface TestServerReady {
  readonly socketFolder: string;
  readonly password: string;
}

export const WANTED = 'wanted';
export const READY = 'ready.json';
export const FAILED = 'failed.txt';

declare module 'vitest' {
  interface ProvidedContext {
    hearthTestServer: TestServerPlace;
  }
}
