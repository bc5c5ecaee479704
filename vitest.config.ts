/** Vitest for the whole repository: one run, one PostgreSQL, fast tests before the ones that drive whole programs. */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { UnitTestsFirst } from './tools/test/unit-tests-first.ts';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '.cache/**'],
    globalSetup: ['packages/testkit/src/global-setup.ts'],
    setupFiles: ['packages/testkit/src/leak-check.ts'],
    pool: 'forks',
    maxWorkers: Math.max(2, Math.min(8, availableParallelism())),
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
    silent: 'passed-only',
    sequence: { sequencer: UnitTestsFirst },
  },
});
