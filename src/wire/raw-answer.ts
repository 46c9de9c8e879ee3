import type { OpenCall, ReadAttempt } from '../call/adapter.ts';
import type { Attempt } from '../call/call.ts';
import type { Refusal } from '../call/policy.ts';
import { guard } from '../base/diag.ts';
import { attemptOf } from '../providers/shared/response/attempt.ts';
import { Observation } from '../providers/shared/response/observation.ts';
import { AttemptCall } from './attempt-call.ts';
import type { WireCall, WireDeps } from './begin-on-wire.ts';
import { decoderFor, type Decoder } from './decode.ts';
import { isRedirected } from './redirect.ts';
import { streamRefusal } from './refusal.ts';

/** An answer below `fetch`, whose bytes are seen as they arrive. */
export interface Arriving {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** How long it took until the headers were there. */
  readonly durationMs: number;
  /** What is known of the connection. */
  readonly connection?: Pick<Attempt, 'connectionReused' | 'requestBytes'>;
}

/** Follows an answer from its headers to its end. No method throws. */
export class RawAnswer {
  readonly #call: OpenCall;
  /** Absent where the answer says nothing of the call. */
  readonly #decoder: Decoder | undefined;
  #refusal: Refusal | undefined;
  #ending = false;

  constructor(deps: WireDeps, wire: WireCall, { status, header, durationMs, connection }: Arriving) {
    const { call, reader } = wire;
    const get = (name: string): string | null => header(name) ?? null;
    const attempt = attemptOf({ status, headers: { get }, body: null }, durationMs);
    const exchange: ReadAttempt = (number, known) => attempt(number, { ...connection, ...known });
    this.#call = status < 400 ? call : new AttemptCall(call, status, () => false);
    if (isRedirected(deps, wire, { status, header: get, attempt: exchange })) return;
    call.attempt(exchange);
    reader.headers(get, status);
    const options = { hideUsage: false, everyEvent: deps.opener.captureContent, endOnStatus: true, refusalError: streamRefusal };
    const observation = new Observation(this.#call, reader, header('content-type') ?? '', status, options);
    observation.awaitReader();
    this.#decoder = decoderFor(
      header('content-encoding') ?? '',
      (piece) => {
        this.#refusal = guard('observe.bytes', () => observation.bytes(piece)) ?? this.#refusal;
      },
      () => guard('observe.finish', () => observation.finished()),
    );
  }

  /** Takes bytes as they were sent. A refusal asks for the stream to be stopped; the call has ended then. */
  bytes(piece: Uint8Array): Refusal | undefined {
    guard('wire.bytes', () => this.#decoder?.push(piece));
    if (this.#refusal !== undefined) this.#call.blocked(this.#refusal);
    return this.#refusal;
  }

  /** The body came to its end. */
  finished(): void {
    this.#ending = true;
    guard('wire.end', () => this.#decoder?.end());
  }

  /** The app let the answer go, or it broke off; nothing where it had come to its end. */
  broken(error: unknown): void {
    if (this.#ending || this.#decoder === undefined) return;
    if (error === undefined || error === null) this.#call.cancelled();
    else this.#call.failed(error);
  }
}
