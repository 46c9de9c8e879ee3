import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/matrix/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'threads',
    // Most files wait for child processes and servers; two at once keep even a small machine busy.
    maxWorkers: 2,
    globalSetup: ['test/support/build-once.ts', 'test/support/install-once.ts'],
  },
});
