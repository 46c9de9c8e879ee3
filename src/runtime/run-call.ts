import type { Context } from '@opentelemetry/api';
import { appended } from '../base/appended.ts';
import { fault, guard } from '../base/diag.ts';
import type { CallStart, Connection, OpenCall, ReadAttempt, UnreadAnswer, Verdict } from '../call/adapter.ts';
import type { Attempt } from '../call/call.ts';
import { canSpend } from '../call/operations.ts';
import type { AbandonReason, Outcome } from '../call/outcome.ts';
import type { Caller, PolicyMarks, Refusal } from '../call/policy.ts';
import { type ReadFacts, UNREAD } from '../call/read-facts.ts';
import type { CallSpan } from '../call/recorder.ts';
import { admit, settle, UNASKED, verdictOf, type Admitted } from './admission.ts';
import { costOf } from './cost-of.ts';
import { Exchange } from './exchange.ts';
import { failureOf, isAbort } from './failure.ts';
import { CANCELLED, COMPLETED, type Head } from './outcome-head.ts';
import { processToEnd } from './process-to-end.ts';
import { countKeysInPrompt } from './prompt-keys.ts';
import { inScope, scopeOf, type Scope } from './scope.ts';
import type { SeenCall } from './seen-call.ts';
import type { Stations } from './stations.ts';
import { usedSoFar } from './used-so-far.ts';
import { withContent } from './with-content.ts';
import { withReasons } from './with-reasons.ts';

const NONE: readonly never[] = [];

/** The walk of one call: opened, admitted, sent, watched, ended exactly once, priced, settled, told to every station. */
export class RunningCall implements OpenCall, Caller {
  readonly call: SeenCall;
  readonly verdict: Verdict | Promise<Verdict>;
  readonly #stations: Stations;
  #start: CallStart | undefined;
  #span: CallSpan | undefined;
  readonly #admitted: Admitted;
  /** Exchanges that nobody has read yet, and those that were. */
  #exchanges: readonly Exchange[] = NONE;
  #attempts: readonly Attempt[] = NONE;
  readonly #onEnd: (call: RunningCall, sinceMs: number) => void;
  readonly #startedMs: number;
  #firstChunkMs: number | undefined;
  #chunks = 0;
  #sent: string | undefined;
  #ended = false;
  /** Whether the process was about to end when the call did: what is sent by then is on no account. */
  #left = false;
  /** Whether its request went out while the policies were asked. */
  onItsWay = false;
  #endedMs = 0;
  #outcome: Outcome | undefined;
  #leavers: Set<() => void> | undefined;
  #connection: Connection | undefined;
  stopper: AbortSignal | undefined;
  #stop: Refusal | undefined;
  lastSeenMs: number;
  #answer: UnreadAnswer | undefined;
  #scope: Scope | undefined;

  constructor(stations: Stations, call: SeenCall, start: CallStart, onEnd: (call: RunningCall, sinceMs: number) => void, parent?: Context) {
    this.call = call;
    this.#stations = stations;
    this.#start = start;
    this.#onEnd = onEnd;
    this.#startedMs = stations.clock.monotonicMs();
    this.lastSeenMs = this.#startedMs;
    this.#span = stations.recorder.start(call, parent);
    const { soon } = stations;
    const isAsked = stations.policies.length > 0;
    this.#admitted = isAsked ? { grants: [], refusal: undefined } : UNASKED;
    // Where nobody has to decide on the call, its request goes out first.
    if (!isAsked && soon !== undefined && !this.#isUrgent()) soon(this.#begin);
    else this.#begin();
    const waiting = isAsked ? admit(stations, call, this.#admitted, this) : undefined;
    if (waiting !== undefined && start.cannotWait === true) {
      this.onItsWay = true;
      for (const told of this.#leavers ?? NONE) told();
    }
    this.verdict = waiting === undefined ? verdictOf(this.#admitted) : this.#awaited(waiting);
  }

  /** Reads what is asked for, and counts the call as one that runs; each is done once. */
  readonly #begin = (): void => {
    this.call.complete();
    this.#span?.begun();
  };

  async #awaited(waiting: Promise<void>): Promise<Verdict> {
    // A call that waits for a policy is not idle.
    this.lastSeenMs = Number.POSITIVE_INFINITY;
    const answered = waiting.then(() => {
      this.lastSeenMs = this.#stations.clock.monotonicMs();
      // Nobody is left who would tell a grant that came after the end.
      if (this.#outcome !== undefined) settle(this.#admitted.grants.splice(0), this.#outcome);
    });
    this.#stations.unanswered?.(this, answered);
    await answered;
    if (this.#left) await processToEnd();
    return verdictOf(this.#admitted);
  }

  /** True once nobody waits for an answer any more. */
  get gone(): boolean {
    if (this.onItsWay) return false;
    return this.#ended || this.#start?.signal?.aborted === true;
  }

  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  onGone(listen: () => void): () => void {
    const signal = this.#start?.signal;
    const off = (): void => {
      this.#leavers?.delete(told);
      signal?.removeEventListener('abort', told);
    };
    const told = (): void => {
      off();
      guard('policy.gone', listen);
    };
    (this.#leavers ??= new Set()).add(told);
    signal?.addEventListener('abort', told);
    return off;
  }

  get answer(): UnreadAnswer | undefined {
    return this.#answer;
  }

  set answer(answer: UnreadAnswer | undefined) {
    if (answer !== undefined) this.lastSeenMs = this.#stations.clock.monotonicMs();
    this.#answer = answer;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether an exchange of it was answered, or has failed. */
  get answered(): boolean {
    return this.#exchanges.length + this.#attempts.length > 0;
  }

  get metered(): boolean {
    return canSpend(this.call) && this.#admitted.grants.some((grant) => grant.progress !== undefined);
  }

  run<T>(work: () => T): T {
    const run = this.#span?.run;
    const scope = (this.#scope ??= scopeOf(this));
    return inScope(scope, run === undefined ? work : () => run(work));
  }

  sent(text: string): void {
    this.#sent = text;
  }

  attempt(read: ReadAttempt): void {
    if (this.#ended) return;
    this.#exchanges = appended(this.#exchanges, new Exchange(read, this.#stations.clock.nowMs(), this.#connection));
    this.#connection = undefined;
    this.lastSeenMs = this.#stations.clock.monotonicMs();
    // A span of the host's may be exported before the call has ended.
    if (this.#span?.byHost === true) this.#readExchanges();
  }

  /** Says over what connection the latest exchange went. */
  sentOver(connection: Connection): void {
    this.#connection = connection;
  }

  #readExchanges(): void {
    const exchanges = this.#exchanges;
    this.#exchanges = NONE;
    for (const { read, atMs, connection } of exchanges) {
      guard('recorder.attempt', () => {
        const attempt = read(this.#attempts.length + 1, connection);
        this.#attempts = appended(this.#attempts, attempt);
        this.#span?.attempt(attempt, atMs);
      });
    }
  }

  retrying(): Refusal | undefined | Promise<Refusal | undefined> {
    if (this.#ended || !this.answered) return undefined;
    const grant = this.#admitted.grants.find((one) => one.retry !== undefined);
    if (grant === undefined) return undefined;
    const answer = guard('policy.retry', () => grant.retry?.(this));
    if (!(answer instanceof Promise)) return this.#retried(answer);
    this.lastSeenMs = Number.POSITIVE_INFINITY;
    return answer.then(
      (refusal) => this.#retried(refusal),
      (error: unknown) => {
        fault('policy.retry', error);
        return this.#retried(undefined);
      },
    );
  }

  #retried(refusal: Refusal | undefined): Refusal | undefined {
    this.lastSeenMs = this.#stations.clock.monotonicMs();
    if (refusal !== undefined) this.blocked(refusal);
    return refusal;
  }

  chunk(events: number): Refusal | undefined {
    if (this.#ended) return undefined;
    this.lastSeenMs = this.#stations.clock.monotonicMs();
    this.#firstChunkMs ??= this.lastSeenMs - this.#startedMs;
    this.#chunks += events;
    return this.#stop ?? (this.metered ? this.#progress() : undefined);
  }

  completed(): void {
    if (this.#close()) this.#soon(() => this.#tellCompleted(this.#facts()));
  }

  failed(error: unknown): void {
    // An abort may be the client's own, of a call that took too long: the app's signal would say that it was the app's.
    if (isAbort(error, this.#start?.signal) && (this.#start?.abortsLate !== true || this.#start.signal?.aborted === true)) return this.cancelled();
    if (!this.#close()) return;
    const failure = failureOf(error);
    this.#soon(() => this.#tell(this.#facts(), false, { kind: 'failed', failure }));
  }

  cancelled(): void {
    this.#cancel(Number.POSITIVE_INFINITY);
  }

  /** @param mostMs when it was at the latest */
  #cancel(mostMs: number): void {
    if (!this.#close(mostMs)) return;
    this.#soon(() => {
      const facts = this.#facts();
      // An SDK lets go of a stream after the provider's own end of it, or after its error; that is no cancellation.
      if (facts.ended || facts.error !== undefined) this.#tellCompleted(facts);
      else this.#tell(facts, facts.response.httpStatus !== undefined, CANCELLED);
    });
  }

  blocked(refusal: Refusal): void {
    if (this.#close()) this.#soon(() => this.#tell(this.#facts(), false, { kind: 'blocked', refusal }));
  }

  /** Whether the app has called it off. Of a stream only who reads on is told so. */
  get calledOff(): boolean {
    return this.#start?.signal?.aborted === true || this.stopper?.aborted === true;
  }

  abandoned(reason: AbandonReason): void {
    // When that was nobody knows, since nobody read on; what came last was before it.
    if (this.calledOff && reason !== 'unread') return this.#cancel(this.lastSeenMs);
    // What is known of an answer says more than that nobody read it in time.
    if (reason !== 'unread') this.#answer?.unread();
    // One that was let go of ended with the last that came of it, not when it was collected.
    if (!this.#close(reason === 'collected' ? this.lastSeenMs : undefined)) return;
    this.#left = reason === 'process_exit';
    this.#soon(() => {
      const facts = this.#facts();
      // The last of a stream may be left unread once the provider has said its end.
      if (facts.ended && facts.usage !== undefined) this.#tellCompleted(facts);
      else this.#tell(facts, facts.response.httpStatus !== undefined, { kind: 'abandoned', reason });
    });
  }

  /** Tells now what somebody waits for, or what could change meanwhile; for all else the app goes first. */
  #soon(tell: () => void): void {
    const { later } = this.#stations;
    if (later === undefined || this.#isUrgent()) tell();
    else later(tell);
  }

  /** What a policy holds is settled at once, as is what the host exports, and content is read before the app can change it. */
  #isUrgent(): boolean {
    const { tellsAtOnce, captureContent } = this.#stations;
    return tellsAtOnce === true || captureContent || this.#span?.byHost === true || this.#admitted.grants.length > 0;
  }

  /** Stops the clock; false where the call has ended already. */
  #close(mostMs = Number.POSITIVE_INFINITY): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    // An answer that nobody reads ends its call when it came, not when that was noticed.
    this.#endedMs = Math.min(mostMs, this.#answer === undefined ? this.#stations.clock.monotonicMs() : this.lastSeenMs);
    for (const told of this.#leavers ?? []) told();
    return true;
  }

  #tellCompleted(facts: ReadFacts): void {
    const { error } = facts;
    if (error === undefined) this.#tell(facts, true, COMPLETED);
    else this.#tell(facts, false, { kind: 'failed', failure: { type: error.type, message: error.message, error: undefined } });
  }

  #facts(): ReadFacts {
    return guard('reader.facts', () => this.#start?.facts()) ?? UNREAD;
  }

  #progress(): Refusal | undefined {
    const facts = this.#facts();
    const soFar = usedSoFar(facts);
    for (const grant of this.#admitted.grants) {
      const answer = guard('policy.progress', () => grant.progress?.(soFar));
      if (answer instanceof Promise) answer.then((refusal) => (this.#stop ??= refusal)).catch((error: unknown) => fault('policy.progress', error));
      else if (answer !== undefined) return answer;
    }
    return undefined;
  }

  /** @param billed whether a missing usage means money that nobody knows of; refused and failed calls cost nothing unless the provider says so */
  #tell(read: ReadFacts, billed: boolean, head: Head): void {
    const sinceMs = this.#stations.clock.monotonicMs();
    const facts = this.#stations.lateUsage.counted(this.call, read, head.kind === 'completed');
    this.#begin();
    this.#readExchanges();
    const outcome = withContent(this.#stations, this.#start, {
      ...head,
      response: withReasons(facts),
      usage: facts.usage,
      cost: billed || facts.usage !== undefined ? costOf(this.#stations, this.call, facts) : undefined,
      attempts: this.#attempts,
      durationMs: this.#endedMs - this.#startedMs,
      firstChunkMs: this.#firstChunkMs,
      chunks: this.#chunks,
    });
    this.#outcome = outcome;
    settle(this.#admitted.grants, outcome);
    this.#lookForKeys();
    guard('recorder.end', () => this.#span?.end(outcome, this.#marks()));
    for (const sink of this.#stations.sinks) guard(`sink.${sink.name}`, () => sink.callEnded(this.call, outcome));
    this.#admitted.grants.length = 0;
    this.#release();
    this.#onEnd(this, sinceMs);
  }

  /**
   * Lets go of all that is large, and is let go of itself. What belongs to a request, such as its response and the sockets that were opened by it, lives until
   * a major collection or longer, and holds on to the asynchronous context.
   */
  #release(): void {
    if (this.#scope !== undefined) this.#scope.call = undefined;
    this.#scope = undefined;
    this.#start = undefined;
    this.#span = undefined;
    this.#sent = undefined;
    this.#answer = undefined;
    this.stopper = undefined;
    this.#exchanges = NONE;
    this.#attempts = NONE;
    if (!(this.verdict instanceof Promise)) this.#outcome = undefined;
  }

  #lookForKeys(): void {
    const { redactor, meter, later } = this.#stations;
    const { call } = this;
    const sent = this.#sent;
    const start = this.#start;
    const look = (): void => countKeysInPrompt(call, () => sent ?? start?.prompt?.() ?? '', redactor, meter);
    if (later === undefined) look();
    else later(look);
  }

  #marks(): PolicyMarks {
    let marks: PolicyMarks = this.#admitted.refusal?.marks ?? {};
    for (const grant of this.#admitted.grants) if (grant.marks !== undefined) marks = { ...marks, ...grant.marks };
    return marks;
  }
}
