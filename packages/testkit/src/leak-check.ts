/** After every test file: nothing it opened may still be open. Sockets of HTTP clients are left out: they are kept alive on purpose and end by themselves. */
import { afterAll, beforeAll } from 'vitest';
import { expectNoLeaks, openHandles, type OpenHandles } from './leaks.ts';

const KEPT_ALIVE = ['TCPSocketWrap', 'Timeout'];

const watched = (): OpenHandles => Object.fromEntries(Object.entries(openHandles()).filter(([kind]) => !KEPT_ALIVE.includes(kind)));

let before: OpenHandles = {};
beforeAll(() => {
  before = { TCPSocketWrap: Number.MAX_SAFE_INTEGER, Timeout: Number.MAX_SAFE_INTEGER, ...watched() };
});
// Hooks of a set-up file run after the test file's own.
afterAll(() => expectNoLeaks({ before }));
