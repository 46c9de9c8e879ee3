import { timers } from '../../base/timers.ts';
import type { OtlpSettings } from '../exporter-settings.ts';
import { GrpcClient } from './grpc-client.ts';
import { compress, compressNow, HttpClient, type Posting, type PostResult } from './http-client.ts';
import type { OtlpMessage } from './otlp-message.ts';
import { rejectedItems } from './partial-success.ts';
import { toProtobuf } from './protobuf-writer.ts';

/** What came of an export with all its retries. */
export type SendResult = { readonly kind: 'delivered'; readonly rejected: number } | { readonly kind: 'failed'; readonly reason: string };

/** The statuses after which a new try may help. @source https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const FIRST_WAIT_MS = 1000;
const GROWTH = 1.5;
const TRIES = 5;

/** Nobody listens there, or there is no such place: no try in the next seconds would change that. */
const NOBODY: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Suppresses spans of the host's instrumentations while an export is sent. */
export type Quietly = <T>(work: () => T) => T;

/** Sends messages of one signal to one OTLP receiver, with retries inside a deadline. */
export class OtlpSender {
  readonly settings: OtlpSettings;
  readonly #client: HttpClient | GrpcClient;
  readonly #type: string;
  readonly #quietly: Quietly;
  /** Ends the pauses between tries that last now. */
  readonly #wakes = new Set<() => void>();
  #hurried = false;

  /** @param type the message's name in the protobuf schema */
  constructor(settings: OtlpSettings, type: string, userAgent: string, quietly: Quietly) {
    this.settings = settings;
    this.#client = settings.protocol === 'grpc' ? new GrpcClient(settings, userAgent) : new HttpClient(settings, userAgent);
    this.#type = type;
    this.#quietly = quietly;
  }

  /** Loads what the first export needs. */
  warmUp(): void {
    this.#client.warmUp();
  }

  /** Gives a message as bytes, not yet compressed. */
  encode(message: OtlpMessage): Buffer {
    return this.settings.protocol === 'http/json' ? Buffer.from(JSON.stringify(message)) : toProtobuf(message, this.#type);
  }

  /** Gives a message as it goes over the wire, at once: for the end of the process. */
  encodeNow(message: OtlpMessage): Buffer {
    return compressNow(this.encode(message), this.settings);
  }

  /** Compresses and sends an encoded message. Never rejects. `trying` is told of each try, and of none while the next one is waited for. */
  async send(bytes: Buffer, trying?: (posting: Posting | undefined) => void): Promise<SendResult> {
    const body = await compress(bytes, this.settings);
    const deadline = timers.monotonicMs() + this.settings.timeoutMs;
    let pause = FIRST_WAIT_MS;
    let reason = 'timeout';
    for (let round = 1; round <= TRIES; round += 1) {
      const left = deadline - timers.monotonicMs();
      if (left <= 0) break;
      const posting = this.#quietly(() => this.#client.post(body, left));
      trying?.(posting);
      const answer = await posting.result;
      if (answer.kind === 'answered' && answer.status >= 200 && answer.status < 300)
        return { kind: 'delivered', rejected: rejectedItems(answer.body, this.settings.protocol) };
      trying?.(undefined);
      reason = reasonOf(answer);
      if (this.#hurried && NOBODY.has(reason)) break;
      const next = this.#pause(answer, pause);
      if (next === undefined || timers.monotonicMs() + next >= deadline) break;
      await this.#wait(next);
      pause *= GROWTH;
    }
    return { kind: 'failed', reason };
  }

  /** Says whether the process is about to end: what waits for its next try has it at once, and nothing is tried twice where nobody listens. */
  hurry(hurried: boolean): void {
    this.#hurried = hurried;
    if (!hurried) return;
    for (const wake of this.#wakes) wake();
  }

  /** Closes the connections. */
  close(): void {
    this.#client.close();
  }

  /** Waits without keeping the process alive. */
  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        timers.clearTimeout(timer);
        this.#wakes.delete(wake);
        resolve();
      };
      const timer = timers.setTimeout(wake, ms).unref();
      this.#wakes.add(wake);
    });
  }

  /** How long to wait before the next try; `undefined` when none can help. */
  #pause(answer: PostResult, pause: number): number | undefined {
    if (answer.kind === 'failed') return jitter(pause);
    if (!RETRYABLE.has(answer.status)) return undefined;
    return answer.retryAfterMs ?? jitter(pause);
  }
}

const jitter = (ms: number): number => ms * (0.8 + Math.random() * 0.4);
const reasonOf = (answer: PostResult): string => answer.reason ?? (answer.kind === 'failed' ? 'failed' : `HTTP ${answer.status}`);
