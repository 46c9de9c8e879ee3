import type { OpenCall, ReadAttempt, UnreadAnswer, Verdict } from '../call/adapter.ts';
import type { AbandonReason } from '../call/outcome.ts';
import type { Refusal } from '../call/policy.ts';

/** Stands for a call while an answer with an error status is read: an app that does not read such an answer has still seen a failure. */
export class AttemptCall implements OpenCall {
  readonly #call: OpenCall;
  readonly #status: number;
  readonly #canceled: () => boolean;
  #done = false;

  /** @param canceled told when the client cancels the body; true where the call goes on with another attempt */
  constructor(call: OpenCall, status: number, canceled: () => boolean) {
    this.#call = call;
    this.#status = status;
    this.#canceled = canceled;
  }

  get verdict(): Verdict | Promise<Verdict> {
    return this.#call.verdict;
  }

  get ended(): boolean {
    return this.#call.ended;
  }

  get metered(): boolean {
    return this.#call.metered;
  }

  get answer(): UnreadAnswer | undefined {
    return this.#call.answer;
  }

  set answer(answer: UnreadAnswer | undefined) {
    this.#call.answer = answer;
  }

  run<T>(work: () => T): T {
    return this.#call.run(work);
  }

  sent(text: string): void {
    this.#call.sent(text);
  }

  attempt(read: ReadAttempt): void {
    this.#call.attempt(read);
  }

  chunk(events: number): Refusal | undefined {
    return this.#call.chunk(events);
  }

  completed(): void {
    this.failed({ status: this.#status });
  }

  failed(error: unknown): void {
    this.#call.failed(error);
  }

  cancelled(): void {
    // Once only: when the answer is collected later on, its call may be busy with the next attempt.
    if (this.#done || this.#call.ended) return;
    this.#done = true;
    if (!this.#canceled()) this.failed({ status: this.#status });
  }

  blocked(refusal: Refusal): void {
    this.#call.blocked(refusal);
  }

  abandoned(reason: AbandonReason): void {
    if (reason === 'collected' || reason === 'unread') this.cancelled();
    else this.#call.abandoned(reason);
  }
}
