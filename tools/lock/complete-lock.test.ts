/** Completing the lock file: the right entries, nothing twice, and nothing that npm would resolve differently. */
import { describe, expect, it } from 'vitest';
import { completed, missingVariants } from './complete-lock.ts';

const lock = {
  packages: {
    '': { optionalDependencies: { top: '2.0.0' } },
    'node_modules/a': {
      version: '1.0.0',
      dev: true,
      optionalDependencies: {
        '@a/cli-linux-x64-musl': '1.0.0',
        '@a/cli-win32-arm64': '1.0.0',
        '@a/nested': '1.0.0',
        '@a/ranged': '^1.0.0',
        '@a/linux-arm-gnueabihf': '1.0.0',
      },
    },
    'node_modules/a/node_modules/@a/nested': { version: '1.0.0' },
    'node_modules/top': { version: '2.0.0' },
  },
};

describe('completing', () => {
  it('adds what is missing, with its platform', () => {
    expect(Object.fromEntries(missingVariants(lock))).toEqual({
      'node_modules/@a/cli-linux-x64-musl': { version: '1.0.0', cpu: ['x64'], libc: ['musl'], os: ['linux'], dev: true, optional: true },
      'node_modules/@a/cli-win32-arm64': { version: '1.0.0', cpu: ['arm64'], os: ['win32'], dev: true, optional: true },
      'node_modules/@a/linux-arm-gnueabihf': { version: '1.0.0', cpu: ['arm'], libc: ['glibc'], os: ['linux'], dev: true, optional: true },
    });
  });

  it('leaves nothing missing, and keeps what was there', () => {
    const whole = completed(lock);
    expect(missingVariants(whole).size).toBe(0);
    expect(whole.packages).toMatchObject(lock.packages);
    expect(completed(whole)).toEqual(whole);
  });
});
