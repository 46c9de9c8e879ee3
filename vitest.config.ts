import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/matrix/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'threads',
    globalSetup: ['test/support/build-once.ts'],
  },
});
