import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BudgetSnapshot } from '../../../../src/policies/budget/snapshot.ts';
import type { LedgerRecord } from '../../../../src/ledger/ledger-record.ts';
import type { BillLine } from '../../../support/local-provider/bill.ts';
import { OtlpReceiver } from '../../../support/otlp-receiver.ts';
import type { SpanLine } from '../../../support/preloaded.ts';
import { runNode } from '../../../support/run-node.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { type LimitState, readLimits } from '../reconcile/limit-store.ts';
import { startProvider } from '../reconcile/provider.ts';
import { budgetsOf, ledgerIn } from '../reconcile/run-plan.ts';
import { configOf, type Setup } from '../reconcile/setup.ts';
import type { Service } from './fleet.ts';

/** How a service ended, as its own first process tells it. */
export interface Ended {
  readonly service: Service;
  readonly code: number | string | null;
  /** How its other members ended. */
  readonly codes: readonly (number | string | null)[];
  readonly stderr: string;
}

/** All the accounts of a fleet. */
export interface FleetAccounts {
  readonly ended: readonly Ended[];
  readonly bill: readonly BillLine[];
  readonly spans: readonly SpanLine[];
  readonly receiver: OtlpReceiver;
  readonly ledger: readonly LedgerRecord[];
  readonly budgets: readonly BudgetSnapshot[];
  readonly limits: ReadonlyMap<string, LimitState>;
}

/** What calls of one budget may cost, all of them together; there is not room for all. */
export const TIGHT_USD = 0.015;

/** After so long without a sign of life what a killed process held is charged, or free again. */
const LEASE_MS = 2000;

interface Governed {
  readonly budgets: readonly object[];
  readonly limits: readonly { readonly unit?: string }[];
}

const fleetConfig = (setup: Setup, at: (name: string) => string): object => {
  const config = configOf(setup, at) as Governed;
  const common = { limit: 1_000_000_000, window: { kind: 'total' }, mode: 'enforce' };
  const budgets = [
    ...config.budgets,
    { ...common, id: 'eachTokens', unit: 'tokens', per: 'tag:n' },
    { ...common, id: 'tight', unit: 'usd', limit: TIGHT_USD, match: { tag: { tight: 'yes' } } },
  ];
  return {
    ...config,
    budgets: budgets.map((budget) => ({ ...budget, leaseMs: LEASE_MS })),
    limits: config.limits.map((limit) => (limit.unit === 'concurrency' ? { ...limit, leaseMs: LEASE_MS } : limit)),
  };
};

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const codesIn = (stdout: string): Ended['codes'] =>
  linesOf(stdout).flatMap((line) => (line.startsWith('{"codes"') ? (JSON.parse(line) as Pick<Ended, 'codes'>).codes : []));

/** Runs all services at once over one store, and collects what each account knows when all that was left behind has lapsed. */
export const runFleet = async (services: readonly Service[], setup: Setup): Promise<FleetAccounts> => {
  const folder = scratchFolder();
  const provider = await startProvider(folder);
  const receiver = await OtlpReceiver.start();
  const at = (name: string): string => join(folder, name);
  const config = at('purser.config.json');
  writeFileSync(config, JSON.stringify(fleetConfig(setup, at)));
  const run = async (service: Service): Promise<Ended> => {
    const files = service.members.map(({ plan }, index) => {
      const pair = [at(`${service.name}-${index}.json`), at(`${service.name}-${index}-page.json`)];
      writeFileSync(pair[0] ?? '', JSON.stringify(plan));
      return pair;
    });
    const members = service.members.map(({ form }, index) => ({ form, files: files[index] }));
    const isAlone = members[0]?.form === 'alone';
    const what = isAlone
      ? [join(import.meta.dirname, '../reconcile/app.mjs'), ...(files[0] ?? [])]
      : [join(import.meta.dirname, 'family.mjs'), JSON.stringify(members)];
    const ran = await runNode(['--import', resolve('dist/register.js'), '--expose-gc', ...what], {
      timeoutMs: 40_000,
      env: {
        ...provider.env,
        PURSER_CONFIG: config,
        PURSER_JSONL_FILE: at('calls.jsonl'),
        PURSER_ASK_USAGE_HOSTS: '127.0.0.1',
        PURSER_SHUTDOWN_TIMEOUT_MS: '20000',
        OTEL_SERVICE_NAME: service.name,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      },
    });
    return { service, code: ran.signal ?? ran.code, codes: codesIn(ran.stdout), stderr: ran.stderr };
  };
  const ended = await Promise.all(services.map(run));
  if (services.some(({ members }) => members.some(({ plan }) => plan.killAfter !== undefined))) await sleep(LEASE_MS + 300);
  await provider.close();
  const lines = existsSync(at('calls.jsonl')) ? linesOf(readFileSync(at('calls.jsonl'), 'utf8')).map((line) => JSON.parse(line) as SpanLine) : [];
  const calls = services.flatMap(({ members }) => members.flatMap(({ plan }) => plan.calls));
  // Whoever asks charges some of the leases that have run out.
  await budgetsOf(config);
  return {
    ended,
    bill: provider.bill().calls,
    spans: lines.filter(({ kind }) => kind === 'span'),
    receiver,
    ledger: ledgerIn(at('ledger')),
    budgets: await budgetsOf(config),
    limits: await readLimits({ calls }, setup, config),
  };
};
