import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';
import type { Case } from './case.ts';
import { APPS, REQUIRE, type Place } from './compare.ts';

const WITHIN_MS = 8000;

/** An app that runs on while its config file is edited. */
interface Edited {
  edit(tree: Readonly<Record<string, unknown>>): void;
  /** Makes calls until one is as `fits` wants it; gives what is wrong otherwise. */
  until(what: string, fits: (span: ReceivedSpan, said: string) => boolean): Promise<readonly string[]>;
  readonly stderr: () => string;
  end(): Promise<number | null>;
}

const startEdited = ({ env, receiver }: Place, first: Readonly<Record<string, unknown>>): Edited => {
  const folder = mkdtempSync(join(tmpdir(), 'purser-reloads-'));
  const file = join(folder, 'purser.config.json');
  // Moved into place whole, so that nobody reads half of it.
  const edit = (tree: Readonly<Record<string, unknown>>): void => {
    writeFileSync(`${file}.new`, JSON.stringify(tree, null, 2));
    renameSync(`${file}.new`, file);
  };
  edit(first);
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const settings = { PURSER_CONFIG: file, PURSER_RELOAD_INTERVAL_MS: '50', OTEL_BSP_SCHEDULE_DELAY: '20', TMPDIR: folder };
  const child = spawn(process.execPath, ['--require', REQUIRE, join(APPS, 'asked.mjs')], { env: { ...inherited, ...env, ...settings } });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<number | null>((done) => void child.once('exit', done));
  const ask = async (): Promise<{ readonly span: ReceivedSpan | undefined; readonly said: string }> => {
    const before = receiver.spans.length;
    child.stdin.write('anna@example.com\n');
    const said = String((await answers.next()).value);
    await receiver.waitForSpans(before + 1, WITHIN_MS);
    return { span: receiver.spans.at(-1), said };
  };
  return {
    edit,
    stderr: () => stderr,
    async until(what, fits) {
      const end = performance.now() + WITHIN_MS;
      let last = '';
      while (performance.now() < end) {
        const { span, said } = await ask();
        if (span !== undefined && fits(span, said)) return [];
        last = `${said} ${JSON.stringify(span?.attributes)}`;
        await sleep(50);
      }
      return [`no call came with ${what}: ${last} ${stderr}`];
    },
    async end() {
      child.stdin.end();
      const code = await ended;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
};

const PRICES = { version: 1, prices: [{ match: { model: 'gpt-5.4' }, per_mtok: { input: '1000', output: '1000' } }] };

/** What changes with the config file while the process runs. */
export const RELOADS: readonly Case[] = [
  {
    name: 'an edited config file: labels, redaction, prices and budgets take effect; a bad edit keeps the last good ones',
    async run(place) {
      const base = { labels: { team: 'first' }, telemetry: { content: 'span' } };
      const app = startEdited(place, base);
      const content = (span: ReceivedSpan): string => JSON.stringify(span.attributes['gen_ai.input.messages']);
      const wrong = [...(await app.until('the first label', (span) => span.attributes['purser.team'] === 'first' && content(span).includes('ORD-774411')))];
      app.edit({ ...base, labels: { team: 'second', hash_users: true, hash_key: 'a key of the deployment' } });
      wrong.push(
        ...(await app.until(
          'the second label and a hashed user',
          ({ attributes }) => attributes['purser.team'] === 'second' && String(attributes['purser.user']).startsWith('h_'),
        )),
      );
      app.edit({ ...base, redaction: { patterns: [{ name: 'order', pattern: 'ORD-[0-9]{6}' }] } });
      wrong.push(...(await app.until('the order number taken out', (span) => !content(span).includes('ORD-774411') && content(span).includes('order'))));
      app.edit({ ...base, pricing: { overrides: PRICES } });
      wrong.push(...(await app.until('the new price', (span) => span.attributes['purser.cost.match'] === 'override')));
      const strict = { id: 'all', limit: '0.000001 USD', window: 'day', mode: 'enforce' };
      app.edit({ ...base, pricing: { overrides: PRICES }, budgets: [strict] });
      wrong.push(...(await app.until('a refusal by the budget', (_, said) => said.includes('budget'))));
      app.edit({
        ...base,
        pricing: { overrides: PRICES },
        budgets: [{ ...strict, limit: 'plenty' }],
        redaction: { patterns: [{ name: 'order', pattern: '(' }] },
      });
      await sleep(400);
      wrong.push(...(await app.until('a refusal after a bad edit', (_, said) => said.includes('budget'))));
      if (!app.stderr().includes('budgets[0].limit is "plenty"')) wrong.push(`nothing said of the bad edit: ${app.stderr()}`);
      const code = await app.end();
      return code === 0 ? wrong : [...wrong, `exit ${code}: ${app.stderr()}`];
    },
  },
];
