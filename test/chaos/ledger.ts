/**
 * The ledger, the store of budgets and the provider's own bill against one another, call by call and to the nano-dollar: 100,000 calls of real apps
 * with the real SDK, from four processes that are killed with `kill -9` at random moments. `node test/chaos/ledger.ts [CALLS]`
 *
 * A call that was in flight when its process was killed is on the bill and perhaps not in the ledger, and the store holds for it what was reserved.
 * Those are named one by one; there are no more of them than were in flight, and without them the three books are equal.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatUsd, picoUsd } from '../../src/call/units.ts';
import buildOnce from '../support/build-once.ts';
import { reportBench } from '../support/report.ts';
import { type Book, readBill, readLedgerBook, readStore } from './ledger/books.ts';
import { runLives } from './ledger/lives.ts';

const CALLS = Number(process.argv[2] ?? 100_000);
const PROCESSES = 4;
const AT_ONCE = 8;
const KILLS = Math.max(4, Math.round(CALLS / 4000));
const ROOT = join(import.meta.dirname, '../..');

buildOnce();
// A copy, so that what runs for minutes is what was built at the start.
const built = join(ROOT, `.cache/chaos-ledger-${process.pid}`);
cpSync(join(ROOT, 'dist'), join(built, 'dist'), { recursive: true });
const directory = mkdtempSync(join(tmpdir(), 'purser-chaos-ledger-'));
const provider = spawn(process.execPath, [join(ROOT, 'test/support/local-provider/main.ts'), '--keep', String(CALLS * 2)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [said] = (await once(provider.stdout, 'data')) as [Buffer];
const { listening: url } = JSON.parse(String(said)) as { readonly listening: string };

const ledgerPath = join(directory, 'ledger');
const storePath = join(directory, 'budgets.sqlite');
const config = join(directory, 'purser.config.json');
writeFileSync(
  config,
  JSON.stringify({
    ledger: { path: ledgerPath },
    providers: { hosts: { [new URL(url).host]: 'openai' } },
    budgets: [{ id: 'all', unit: 'usd', limit: '1000000', window: { kind: 'total' }, mode: 'enforce', thresholds: [0.5, 1] }],
    // A machine under load must not look like a store that is away.
    store: { kind: 'sqlite', path: storePath, timeout_ms: '30s' },
  }),
);
const { NODE_OPTIONS: _, ...inherited } = process.env;
const env = { ...inherited, PURSER_CONFIG: config, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
const startedAt = Date.now();
const lives = await runLives({
  register: join(built, 'dist/register.js'),
  url,
  env,
  processes: PROCESSES,
  atOnce: AT_ONCE,
  callsOfLife: Math.max(200, Math.round(CALLS / 16)),
  calls: CALLS,
  kills: KILLS,
});
const seconds = (Date.now() - startedAt) / 1000;

const bill = await readBill(url);
const { book: ledger, ids, unreadable, files } = readLedgerBook(ledgerPath);
const store = readStore(storePath);
const report = JSON.parse(
  execFileSync(process.execPath, [join(built, 'dist/cli/main.js'), 'report', '--by', 'model', '--since', '7d', '--format', 'json', '--ledger', ledgerPath], {
    env: inherited,
    encoding: 'utf8',
  }),
) as { readonly total: { readonly calls: number; readonly cost_usd: string } };
provider.kill();
rmSync(directory, { recursive: true, force: true });
rmSync(built, { recursive: true, force: true });

const problems: string[] = [];
const check = (holds: boolean, problem: string): void => {
  if (!holds && problems.push(problem) <= 20) console.log(`does not hold: ${problem}`);
};
const total = (book: Iterable<bigint>): bigint => [...book].reduce((sum, nano) => sum + nano, 0n);
const killed = lives.filter((life) => life.killed);
const lifeOf = (number: number) => lives.find(({ first, calls }) => number >= first && number < first + calls);
const without = (book: Book, other: Book): ReadonlyMap<number, bigint> => new Map([...book].filter(([number]) => !other.has(number)));
for (const { killed: wasKilled, code, err } of lives) check(wasKilled || (code === 0 && err === ''), `a life that nobody killed ended with ${code}: ${err}`);

// The bill and the ledger, call by call.
for (const { answered } of lives) for (const number of answered) check(ledger.has(number), `call ${number} was answered and is not in the ledger`);
for (const [number, nano] of ledger) check(bill.get(number) === nano, `call ${number} is ${nano} in the ledger and ${bill.get(number)} on the bill`);
const unledgered = without(bill, ledger);
for (const life of killed) {
  const own = [...unledgered.keys()].filter((number) => lifeOf(number) === life);
  check(own.length <= AT_ONCE, `${own.length} calls of one process that was killed are not in the ledger, where ${AT_ONCE} were in flight`);
}
for (const number of unledgered.keys()) check(lifeOf(number)?.killed === true, `call ${number} is on the bill and not in the ledger of a process that lived`);

// The store and the ledger, call by call: by the id of the call, or by the amount, which no two calls have in common.
const byAmount = new Map([...unledgered].map(([number, nano]) => [nano, number]));
let held = 0;
let settledOnly = 0;
let ledgerOnly = 0n;
for (const { id, state, amount } of store.calls) {
  const number = ids.get(id);
  if (state !== 'done') {
    held += 1;
    ledgerOnly += number === undefined ? 0n : (ledger.get(number) ?? 0n);
    check(number === undefined || lifeOf(number)?.killed === true, `call ${id} of a process that lived was never settled`);
  } else if (number === undefined) {
    settledOnly += 1;
    check(byAmount.has(amount), `call ${id} was settled for ${amount}, which is no call that is missing in the ledger`);
  } else check(ledger.get(number) === amount, `call ${number} is ${ledger.get(number)} in the ledger and ${amount} in the store`);
}
check(store.calls.length >= ledger.size, `the store knows ${store.calls.length} calls, the ledger ${ledger.size}`);
check(held <= killed.length * AT_ONCE, `${held} calls were never settled`);
const sums = (wanted: (state: string) => boolean): bigint => total(store.calls.flatMap(({ state, amount }) => (wanted(state) ? [amount] : [])));
check(
  store.committed === sums((state) => state !== 'reserved'),
  `the store charged ${store.committed}, its calls come to ${sums((state) => state !== 'reserved')}`,
);
check(store.reserved === sums((state) => state === 'reserved'), `the store holds ${store.reserved}, its calls ${sums((state) => state === 'reserved')}`);
const settled = sums((state) => state === 'done');
const settledOnlyNano = total(store.calls.flatMap(({ id, state, amount }) => (state === 'done' && !ids.has(id) ? [amount] : [])));
check(settled === total(ledger.values()) - ledgerOnly + settledOnlyNano, 'what the store settled is not what the ledger holds');
check(report.total.calls === ledger.size, `purser report counts ${report.total.calls} calls`);
const usd = formatUsd(picoUsd(total(ledger.values()) * 1000n));
check(report.total.cost_usd === usd, `purser report says $${report.total.cost_usd}, the ledger holds $${usd}`);
check(unreadable <= killed.length, `${unreadable} lines of the ledger cannot be read`);

const figures = {
  calls: ledger.size,
  kills: killed.length,
  processes: lives.length,
  seconds: Math.round(seconds),
  billNano: String(total(bill.values())),
  ledgerNano: String(total(ledger.values())),
  onBillOnlyCalls: unledgered.size,
  onBillOnlyNano: String(total(unledgered.values())),
  storeSettledNano: String(settled),
  storeSettledCallsWithoutLine: settledOnly,
  storeHeldCalls: held,
  ledgerNanoOfHeldCalls: String(ledgerOnly),
  differenceBillLedgerNano: String(total(bill.values()) - total(unledgered.values()) - total(ledger.values())),
  differenceStoreLedgerNano: String(settled - settledOnlyNano + ledgerOnly - total(ledger.values())),
  reportUsd: report.total.cost_usd,
  ledgerFiles: files,
  cutLines: unreadable,
  problems: problems.length,
};
const bars = { calls: `>= ${CALLS}`, kills: `${KILLS}`, differenceBillLedgerNano: '0', differenceStoreLedgerNano: '0', problems: 0 };
reportBench('ledger-chaos', figures, bars, problems.length === 0 && ledger.size >= CALLS && killed.length === KILLS);
