import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/matrix/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Real processes and real clocks on a machine that others share: in CI, what fails once is tried once more.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    pool: 'threads',
    // Most files wait for child processes and servers; three at once keep even a machine of two cores busy.
    maxWorkers: 3,
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/build-once.ts', 'test/support/install-once.ts'],
  },
});
