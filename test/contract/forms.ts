/**
 * The app notices nothing: an app that calls each SDK in every form there is runs bare and with the preload, and must see the same values,
 * classes, errors and unhandled rejections and send the same bytes. Versions: the lowest, the first of each major line, and the newest.
 */
import { resolve } from 'node:path';
import { installFolder } from '../support/install-folder.ts';
import { startLocalProvider } from '../support/local-provider/start.ts';
import { reportBench } from '../support/report.ts';
import { runNode } from '../support/run-node.ts';
import { relayTo } from '../support/wire-log.ts';

const FOLDERS: Readonly<Record<string, string>> = { newest: '.', middle: 'test/matrix/middle', oldest: 'test/matrix/oldest' };
const preload = process.env['PURSER_PRELOAD'] ?? resolve('dist/register.js');

interface Line {
  readonly sdk: string;
  readonly form: string;
}

interface Run {
  readonly lines: ReadonlyMap<string, string>;
  readonly requests: readonly string[];
  readonly stderr: string;
  readonly code: number | null;
}

/** What differs from run to run whoever runs: ports, retry ids, form boundaries, the client's own clock. */
const normal = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/stainless-node-retry-[0-9a-f-]{36}/g, 'RETRY')
    .replaceAll(/formdata-undici-\d+/g, 'BOUNDARY')
    .replaceAll(/"date\\*":\\*"[^"\\]*\\*"/g, '"date":"D"')
    .replaceAll(/L0cal[0-9A-Za-z]+/g, 'ID');

const run = async (folder: string, flags: readonly string[], env: Record<string, string>): Promise<Run> => {
  const provider = await startLocalProvider();
  const relay = await relayTo(provider.url);
  const { stdout, stderr, code } = await runNode([...flags, 'test/forms/app.mjs', relay.url, resolve(folder)], { env, timeoutMs: 120_000 });
  const lines = new Map<string, string>();
  for (const text of stdout.split('\n').filter((line) => line !== '')) {
    const { sdk, form } = JSON.parse(text) as Line;
    lines.set(`${sdk}.${form}`, normal(text));
  }
  const requests = normal(relay.sent()).split(/(?=(?:POST|GET) \/)/);
  await relay.close();
  await provider.close();
  return { lines, requests, stderr, code };
};

/** Streams that a timer or a break ends may have delivered one event more or less; what they must not do is differ in kind. */
const TIMED = /\.(abortStream|break|throwInside)$/;

let forms = 0;
const differing: string[] = [];
for (const [name, folder] of Object.entries(FOLDERS)) {
  if (folder !== '.') installFolder(folder);
  const bare = await run(folder, [], {});
  const seen = await run(folder, ['--import', preload], {
    PURSER_QUIET: 'true',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  });
  if (bare.lines.size === 0) differing.push(`${name}: the bare app did not run: ${bare.stderr.slice(0, 300)}`);
  for (const [form, line] of bare.lines) {
    forms++;
    const other = seen.lines.get(form);
    if (other !== line && !(TIMED.test(form) && other?.slice(0, 60) === line.slice(0, 60)))
      differing.push(`${name} ${form}\n  bare ${line.slice(0, 600)}\n  with ${String(other).slice(0, 600)}`);
  }
  if (seen.code !== bare.code) differing.push(`${name}: exit code ${seen.code} instead of ${bare.code}`);
  const counts = (requests: readonly string[]): ReadonlyMap<string, number> =>
    requests.reduce((map, request) => map.set(request, (map.get(request) ?? 0) + 1), new Map<string, number>());
  const before = counts(bare.requests);
  const after = counts(seen.requests);
  for (const [request, count] of before)
    if (after.get(request) !== count) differing.push(`${name}: ${count} × bare, ${after.get(request) ?? 0} × with: ${JSON.stringify(request.slice(0, 700))}`);
  for (const [request, count] of after) if (!before.has(request)) differing.push(`${name}: only with (${count} ×): ${JSON.stringify(request.slice(0, 700))}`);
  if (seen.stderr !== bare.stderr) differing.push(`${name}: stderr ${JSON.stringify(seen.stderr.slice(0, 500))}`);
}

for (const difference of differing.slice(0, 40)) console.log(difference);
reportBench('forms', { forms, different: differing.length }, { different: 0 }, forms > 0 && differing.length === 0);
