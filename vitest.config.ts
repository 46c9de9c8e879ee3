import { defineConfig } from 'vitest/config';

/**
 * Tests of code that keeps nothing beyond its objects: their files share their workers, and what they have loaded. Those of limits are not among them, since
 * they count the timers of their worker, which files before them may have left.
 */
const SHARED = ['budget', 'config', 'dialects', 'pricing', 'redaction', 'telemetry'].map((folder) => `test/unit/${folder}/*.test.ts`);

const exclude = ['**/node_modules/**', 'test/matrix/**'];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Real processes and real clocks on a machine that others share: in CI, what fails once is tried once more.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    pool: 'threads',
    // Most files wait for child processes and servers; three at once keep even a machine of two cores busy.
    maxWorkers: 3,
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/build-once.ts', 'test/support/install-once.ts'],
    projects: [
      { extends: true, test: { name: 'shared', include: SHARED, exclude, isolate: false, setupFiles: ['test/support/fresh-diag.ts'] } },
      { extends: true, test: { name: 'own', include: ['test/**/*.test.ts'], exclude: [...exclude, ...SHARED] } },
    ],
  },
});
