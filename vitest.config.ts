/** The test run: tests beside the sources, one PostgreSQL for all of them. */
import { defineConfig } from 'vitest/config';

// Vitest reads its configuration from the default export.
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'tests/**/*.test.ts'],
    globalSetup: ['packages/testkit/src/global-setup.ts'],
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
