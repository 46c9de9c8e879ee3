/** What the owner of a process sees of us: exit codes, signals, output, time. Real child processes against a real receiver. */
import { installFolder } from '../../support/install-folder.ts';
import { reportBench } from '../../support/report.ts';
import { runCase } from './case.ts';
import { CASES } from './cases.ts';
import { extraMs } from './compare.ts';

for (const folder of ['nodes', 'hosts/runners', 'hosts/sdk2', 'hosts/sdk3']) installFolder(`test/matrix/${folder}`);

const only = process.argv[2];
let failed = 0;
let skipped = 0;
let cases = 0;
for (const each of CASES) {
  if (only !== undefined && !each.name.includes(only)) continue;
  const missing = each.missing?.();
  if (missing !== undefined && process.env['PURSER_REQUIRE_ALL'] !== '1') {
    skipped += 1;
    console.log(`skipped  ${each.name}: ${missing}`);
    continue;
  }
  const began = performance.now();
  const wrong = await runCase(each).catch((error: unknown) => [String(error)]);
  cases += 1;
  if (wrong.length > 0) failed += 1;
  console.log(`${wrong.length === 0 ? 'ok      ' : 'WRONG   '} ${each.name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  for (const what of wrong) console.log(`           ${what}`);
}
const sorted = extraMs.toSorted((a, b) => a - b).map(Math.round);
const longer = { median: sorted[Math.floor(sorted.length / 2)], most: sorted.at(-1) };
reportBench('processes', { cases, failed, skipped, longerMs: longer }, { failed: 0 }, failed === 0);
