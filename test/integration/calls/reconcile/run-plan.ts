import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerRecord } from '../../../../src/ledger/ledger-record.ts';
import { readLedger } from '../../../../src/ledger/read-ledger.ts';
import type { BudgetSnapshot } from '../../../../src/policies/budget/snapshot.ts';
import type { BillLine } from '../../../support/local-provider/bill.ts';
import { OtlpReceiver, type ReceivedSpan } from '../../../support/otlp-receiver.ts';
import type { SpanLine } from '../../../support/preloaded.ts';
import { runNode } from '../../../support/run-node.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { type Edit, editsOf } from './edits.ts';
import { type LimitState, readLimits } from './limit-store.ts';
import type { Plan } from './plan.ts';
import { type ReachableProvider, startProvider } from './provider.ts';
import { configOf, type Setup } from './setup.ts';

/** What the app saw of one call. */
export interface Told {
  readonly n: number;
  readonly events: number;
  /** What its events said was used; where only a part of it was said, that. */
  readonly usage?: { readonly input?: number; readonly output?: number };
  readonly error?: string;
}

/** A span as an exporter had it. */
type ExportedSpan = Pick<ReceivedSpan, 'spanId' | 'attributes' | 'startMs' | 'endMs'>;

/** All the accounts of one run, each read by itself. */
export interface Accounts {
  /** The exit code, or the signal that ended the process. */
  readonly code: number | string | null;
  readonly stderr: string;
  readonly told: readonly Told[];
  /** The metrics page, as the app had it from its own process before it began the calls that it exits in. */
  readonly page: { readonly fromMs: number; readonly untilMs: number; readonly text: string };
  readonly bill: readonly BillLine[];
  readonly spans: readonly SpanLine[];
  readonly receiver: OtlpReceiver;
  /** The spans as they were exported, by ourselves or by the host's own SDK. */
  readonly exported: readonly ExportedSpan[];
  readonly ledger: readonly LedgerRecord[];
  readonly budgets: readonly BudgetSnapshot[];
  /** What the store of the limits holds of each, by its key; nothing where it is in the memory of the process. */
  readonly limits: ReadonlyMap<string, LimitState>;
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** The records of a ledger's folder. */
export const ledgerIn = (folder: string): readonly LedgerRecord[] => {
  const records: LedgerRecord[] = [];
  readLedger(folder, { sinceMs: 0, untilMs: Number.POSITIVE_INFINITY }, { files: 0, unreadable: 0 }, (record) => records.push(record));
  return records;
};

/** How the budgets of a config stand. */
export const budgetsOf = async (config: string): Promise<readonly BudgetSnapshot[]> => {
  const { stdout } = await runNode([resolve('dist/cli/main.js'), 'budgets', 'show', '--json'], { env: { PURSER_CONFIG: config } });
  return JSON.parse(stdout) as readonly BudgetSnapshot[];
};

/** Edits the config file from the first call on until the process is over. */
const editing = async (edits: readonly Edit[], write: (text: string) => void, provider: ReachableProvider, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && provider.bill().requests === 0) await sleep(20);
  for (const { afterMs, text } of edits) {
    await sleep(afterMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    write(text);
  }
};

/** Runs the app with a plan, the preload, a provider and an OTLP receiver of its own, and collects what each of them knows of it. */
export const runPlan = async (plan: Plan, setup: Setup): Promise<Accounts> => {
  const folder = scratchFolder();
  const provider = await startProvider(folder);
  const receiver = await OtlpReceiver.start();
  const at = (name: string): string => join(folder, name);
  const config = at('purser.config.json');
  // Moved into place whole, so that nobody reads half of it.
  const write = (text: string): void => {
    writeFileSync(`${config}.new`, text);
    renameSync(`${config}.new`, config);
  };
  const first = configOf(setup, at);
  write(JSON.stringify(first));
  writeFileSync(at('plan.json'), JSON.stringify(plan));
  const own = setup.host === true ? ['--import', join(import.meta.dirname, 'host-sdk.mjs')] : [];
  const args = ['--import', resolve('dist/register.js'), ...own, '--expose-gc', join(import.meta.dirname, 'app.mjs'), at('plan.json'), at('page.json')];
  const over = new AbortController();
  const edited = setup.edited === true ? editing(editsOf(plan.seed, first), write, provider, over.signal) : Promise.resolve();
  const ran = await runNode(args, {
    timeoutMs: Number(process.env['RUN_MS'] ?? 20_000),
    env: {
      ...provider.env,
      PURSER_CONFIG: config,
      PURSER_JSONL_FILE: at('calls.jsonl'),
      PURSER_ASK_USAGE_HOSTS: '127.0.0.1',
      PURSER_SHUTDOWN_TIMEOUT_MS: '20000',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      PURSER_RELOAD_INTERVAL_MS: '20',
      HOST_SPANS: at('host.jsonl'),
      ...setup.env,
    },
  });
  over.abort();
  await edited;
  // What is read from the stores from here on is read by the budgets that have been there all the time.
  write(JSON.stringify(first));
  // What it sends late is on its bill late.
  const due = plan.calls.reduce((sum, { expected }) => sum + expected.requests, 0);
  for (let waited = 0; provider.bill().requests < due && waited < 1000; waited += 20) await sleep(20);
  await provider.close();
  const lines = linesOf(readFileSync(at('calls.jsonl'), 'utf8')).map((line) => JSON.parse(line) as SpanLine);
  return {
    code: ran.signal ?? ran.code,
    stderr: ran.stderr,
    told: linesOf(ran.stdout).map((line) => JSON.parse(line) as Told),
    page: existsSync(at('page.json')) ? (JSON.parse(readFileSync(at('page.json'), 'utf8')) as Accounts['page']) : { fromMs: 0, untilMs: 0, text: '' },
    bill: provider.bill().calls,
    spans: lines.filter(({ kind }) => kind === 'span'),
    receiver,
    exported: setup.host === true ? linesOf(readFileSync(at('host.jsonl'), 'utf8')).map((line) => JSON.parse(line) as ExportedSpan) : receiver.spans,
    ledger: ledgerIn(at('ledger')),
    budgets: setup.store === 'none' ? [] : await budgetsOf(config),
    limits: await readLimits(plan, setup, config),
  };
};
