import { timers } from '../../base/timers.ts';
import { randomUUID } from 'node:crypto';
import type {
  BudgetLine,
  BudgetStore,
  Change,
  ChangeRecord,
  ExtendAnswer,
  ExtendRequest,
  LineState,
  ReserveAnswer,
  ReserveRequest,
  SettleAnswer,
  SettleRequest,
  StateQuestion,
  StoreNotice,
} from '../../call/budget-store.ts';
import { durabilityProblem } from './durability.ts';
import type { RedisCommands } from './redis-commands.ts';
import { EpochLine, type RunOptions } from './epoch-line.ts';
import { quickReserve, quickSettle, readQuick } from './quick-args.ts';
import { QUICK_RESERVE, QUICK_SETTLE } from './quick-scripts.ts';
import { readAnswer, scriptLine } from './script-args.ts';
import { CHANGE, EXTEND, LIST, READ, RESERVE, SETTLE } from './scripts.ts';
import { settleInThread } from './settle-in-thread.ts';
import { Witness } from './witness.ts';

/** What a store in Redis or Valkey needs. */
export interface RedisStoreOptions {
  /** Names what shares the budgets; part of every key, inside the hash tag. @default 'default' */
  readonly namespace?: string;
  /** An operation that a call waits for counts as failed when it takes longer, in milliseconds. @default 1000 */
  readonly timeoutMs?: number;
  /** The same for settlements, which no call waits for. @default 5000 */
  readonly settleTimeoutMs?: number;
  /** Where settlements go while the process ends and its own client can do nothing any more. */
  readonly exitUrl?: string;
  /** How long a server without data waits for what the processes remember, in milliseconds. @default 400 */
  readonly gateMs?: number;
  /** How long records of ended calls are kept, in milliseconds. @default 1 hour */
  readonly recordMs?: number;
  /** How long past windows are kept, in milliseconds. @default 2 days */
  readonly keepMs?: number;
  /** Settles and does nothing else: no look at the server, and this epoch is taken for its own. */
  readonly lastEpoch?: string;
  /** Stands in for the server's clock in tests. */
  readonly nowMs?: () => number;
}

const SETTLE_TIMEOUT_MS = 5000;

const question = ({ key, slots, limit }: StateQuestion): BudgetLine => ({
  key,
  slots,
  limit,
  amount: 0,
  enforce: false,
  thresholds: [],
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const amount = (value: string | undefined): number | undefined => (value === undefined || value === '' ? undefined : Number(value));

const changeRecord = (text: string): ChangeRecord => {
  const raw: unknown = JSON.parse(text);
  const [atMs, by, key, what, from, to] = Array.isArray(raw) ? raw.map(textOf) : [];
  return { atMs: Number(atMs), by: by ?? '', key: key ?? '', what: what ?? '', from: amount(from), to: amount(to) };
};

/** Budgets in Redis or Valkey, for many processes on many hosts. One round trip for each operation, by the server's clock. */
export class RedisStore implements BudgetStore {
  readonly name = 'redis';
  readonly #commands: RedisCommands;
  readonly #witness = new Witness();
  readonly #line: EpochLine;
  #listen: ((notice: StoreNotice) => void) | undefined;
  readonly #early: StoreNotice[] = [];
  readonly #options: RedisStoreOptions;
  readonly #gateMs: number;
  readonly #recordMs: number;
  /** For what a call waits for. */
  readonly #asked: RunOptions;
  /** For what nobody waits for. */
  readonly #patient: RunOptions;

  constructor(commands: RedisCommands, options: RedisStoreOptions = {}) {
    this.#commands = commands;
    this.#options = options;
    this.#gateMs = options.gateMs ?? 400;
    this.#recordMs = options.recordMs ?? 3_600_000;
    this.#asked = { timeoutMs: options.timeoutMs ?? 1000, gated: false, holds: true };
    this.#patient = { timeoutMs: options.settleTimeoutMs ?? SETTLE_TIMEOUT_MS, gated: false, holds: false };
    this.#line = new EpochLine(commands, this.#witness, (notice) => this.#say(notice), {
      key: `{purser:${options.namespace ?? 'default'}}:epoch`,
      gateMs: this.#gateMs,
      recordMs: this.#recordMs,
      keepMs: options.keepMs ?? 2 * 86_400_000,
      nowMs: options.nowMs,
      name: randomUUID(),
      ...(options.lastEpoch === undefined ? {} : { epoch: options.lastEpoch }),
    });
    if (options.lastEpoch === undefined) void this.#begin();
  }

  onNotice(listen: (notice: StoreNotice) => void): void {
    this.#listen = listen;
    for (const notice of this.#early.splice(0)) listen(notice);
  }

  async reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    return (await this.#quickReserve(request)) ?? this.#reserve(request);
  }

  async #reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    const { id, leaseMs, lines: wanted, turn } = request;
    const args = { id, leaseMs, lines: wanted.map(scriptLine), ...(turn === undefined ? {} : { turn }) };
    const raw = await this.#line.run(RESERVE, args, { ...this.#asked, gated: true });
    if (raw[0] === 'stale') return { kind: 'stale_window', nowMs: Number(raw[1]) };
    const { kind, lines, crossings, expired, refused, first } = readAnswer(raw, request.lines);
    this.#witness.saw(request.lines, lines);
    if (kind === 'refused') return { kind: 'refused', lines, crossings, expired, refused, first };
    this.#witness.opened(request.id, request.leaseMs, request.lines, lines);
    return { kind: 'reserved', duplicate: kind === 'duplicate', lines, crossings, expired };
  }

  async extend(request: ExtendRequest): Promise<ExtendAnswer> {
    const args = { id: request.id, leaseMs: request.leaseMs, lines: request.lines.map(scriptLine) };
    const raw = await this.#line.run(EXTEND, args, this.#asked);
    if (raw[0] === 'unknown') return { kind: 'unknown' };
    const { kind, lines, crossings, expired, refused, first } = readAnswer(raw, request.lines);
    if (kind === 'refused') return { kind: 'refused', lines, crossings, expired, refused, first };
    this.#witness.saw(request.lines, lines);
    this.#witness.opened(request.id, request.leaseMs, request.lines, lines);
    return { kind: 'extended', lines, crossings, expired };
  }

  async settle(request: SettleRequest): Promise<SettleAnswer> {
    return (await this.#quickSettle(request)) ?? this.#settle(request);
  }

  async #quickReserve({ id, leaseMs, lines: wanted, turn }: ReserveRequest): Promise<ReserveAnswer | undefined> {
    const args = turn === undefined ? quickReserve(wanted, this.#options.nowMs?.() ?? timers.nowMs()) : undefined;
    const raw = args && (await this.#line.quick(QUICK_RESERVE, `${id} ${leaseMs} ${this.#gateMs}`, args, this.#asked));
    const answer = raw && readQuick(raw, wanted);
    if (answer === undefined) return undefined;
    const { kind, lines, crossings, refused, first } = answer;
    this.#witness.saw(wanted, lines);
    if (kind === 'refused') return { kind: 'refused', lines, crossings, expired: [], refused, first };
    this.#witness.opened(id, leaseMs, wanted, lines);
    return { kind: 'reserved', duplicate: false, lines, crossings, expired: [] };
  }

  async #quickSettle({ id, lines: wanted }: SettleRequest): Promise<SettleAnswer | undefined> {
    const args = quickSettle(wanted);
    const raw = args && (await this.#line.quick(QUICK_SETTLE, `${id} ${this.#recordMs}`, args, this.#patient));
    const answer = raw && readQuick(raw, wanted);
    if (answer === undefined) return undefined;
    this.#witness.closed(id);
    this.#witness.saw(wanted, answer.lines);
    return { kind: 'settled', lines: answer.lines, crossings: answer.crossings, expired: [] };
  }

  async #settle(request: SettleRequest): Promise<SettleAnswer> {
    const args = { id: request.id, lines: request.lines.map(scriptLine), slots: request.lines.map((line) => String(line.slotMs)) };
    const raw = await this.#line.run(SETTLE, args, this.#patient);
    const { kind, lines, crossings, expired } = readAnswer(raw, request.lines);
    this.#witness.closed(request.id);
    this.#witness.saw(request.lines, lines);
    return { kind: kind === 'corrected' || kind === 'charged' || kind === 'duplicate' ? kind : 'settled', lines, crossings, expired };
  }

  async read(questions: readonly StateQuestion[]): Promise<readonly LineState[]> {
    const lines = questions.map(question);
    return readAnswer(await this.#line.run(READ, { lines: lines.map(scriptLine) }, this.#asked), lines).lines;
  }

  async keys(budget: string): Promise<readonly string[]> {
    const raw = await this.#line.run(LIST, { what: 'keys', budget }, this.#asked);
    return Array.isArray(raw[1]) ? raw[1].map(String).sort() : [];
  }

  async change({ key, slots, change, by }: Change): Promise<ChangeRecord> {
    const value = change.kind === 'limit' ? change.limit : change.committed;
    const lines = [scriptLine(question({ key, slots, limit: 0 }))];
    const args = { lines, what: change.kind, value: value === undefined ? '' : String(value), by };
    const raw = await this.#line.run(CHANGE, args, this.#asked);
    return changeRecord(String(raw[1]));
  }

  async changes(): Promise<readonly ChangeRecord[]> {
    const raw = await this.#line.run(LIST, { what: 'changes' }, this.#asked);
    return Array.isArray(raw[1]) ? raw[1].map((entry) => changeRecord(String(entry))) : [];
  }

  settleAtExit(requests: readonly SettleRequest[], timeoutMs: number): readonly SettleAnswer[] | undefined {
    const { exitUrl: url, namespace } = this.#options;
    // The owner's own client cannot be taken to another thread.
    return url === undefined ? undefined : settleInThread({ url, namespace, epoch: this.#line.epoch, timeoutMs, requests });
  }

  close(): Promise<void> {
    return this.#commands.close();
  }

  #say(notice: StoreNotice): void {
    if (this.#listen === undefined) this.#early.push(notice);
    else this.#listen(notice);
  }

  async #begin(): Promise<void> {
    try {
      // Connects and learns the server's epoch before the first call needs them.
      await this.#line.run(READ, { lines: [] }, this.#patient);
      const message = await durabilityProblem(this.#commands);
      if (message !== undefined) this.#say({ kind: 'not_durable', message });
    } catch {
      // A server that does not tell, or is away, is found out by the first operation.
    }
  }
}
