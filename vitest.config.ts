import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Unit tests of code that keeps nothing beyond its objects. Those of limits are not among them, since they count the timers of their worker. */
const UNITS = ['alerts', 'base', 'budget', 'config', 'demo', 'dialects', 'ledger', 'pricing', 'redaction', 'stores', 'telemetry'];

/** Tests whose files share their workers, and what they have loaded: besides those units, all that look at child processes or at files from outside. */
const FOLDERS = ['collector', 'contract', 'dashboards', 'docs', 'integration', ...UNITS.map((unit) => `unit/${unit}`)];
const SHARED = FOLDERS.map((folder) => `test/${folder}/**/*.test.ts`);

/** Files that take long though they are short: Vitest begins with the largest, and these would be alone at the end. */
const LONG = /integration\/(?:demo\/|processes\/processes|calls\/(?:reconcile|fleet|tools)|limits\/(?:processes|retries)|budget\/drain|exporters\/(?:threads|exit))/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(LONG.test(b.moduleId)) - Number(LONG.test(a.moduleId)));
  }
}

const exclude = ['**/node_modules/**', 'test/matrix/**'];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Real processes and real clocks on a machine that others share: what fails once is tried once more, and marked as retried.
    retry: 1,
    pool: 'threads',
    // Most files wait for child processes and servers; three at once keep even a machine of two cores busy.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/build-once.ts', 'test/support/install-once.ts'],
    projects: [
      { extends: true, test: { name: 'shared', include: SHARED, exclude, isolate: false, setupFiles: ['test/support/fresh-diag.ts'] } },
      { extends: true, test: { name: 'own', include: ['test/**/*.test.ts'], exclude: [...exclude, ...SHARED] } },
    ],
  },
});
