import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SET_UPS } from './set-ups.ts';
import { trySetUp } from './try-set-up.ts';

// One of each kind; `node test/integration/host-otel/main.ts` tries them all, and installs what is missing.
const CHOSEN = ['NodeSDK (SDK 2.12, api 1.9), in code, ES modules', 'NodeSDK (SDK 3.1, api 1.10), --require after ours', 'instrumentation-openai, before ours'];

const installed = (folder: string): boolean => existsSync(`test/matrix/hosts/${folder}/node_modules`);

describe.concurrent('beside an OpenTelemetry of the app’s own', () => {
  for (const setUp of SET_UPS.filter(({ name }) => CHOSEN.includes(name))) {
    test.skipIf(!installed(setUp.installs ?? setUp.folder) && process.env['PURSER_REQUIRE_ALL'] !== '1')(
      `${setUp.name}: one trace, one span a call, nothing displaced (needs test/matrix/hosts/${setUp.folder})`,
      { timeout: 30_000 },
      async () => {
        expect((await trySetUp(setUp)).wrong).toEqual([]);
      },
    );
  }
});
