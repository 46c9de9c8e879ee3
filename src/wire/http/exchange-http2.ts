import { timers } from '../../base/timers.ts';
import type { ClientHttp2Stream } from 'node:http2';
import type { Verdict } from '../../call/adapter.ts';
import type { Refusal } from '../../call/policy.ts';
import { guard } from '../../base/diag.ts';
import { attemptOf } from '../../providers/shared/response/attempt.ts';
import { beginOnWire, type WireCall, type WireDeps } from '../begin-on-wire.ts';
import { RawAnswer } from '../raw-answer.ts';
import { refusalAnswer, streamRefusal } from '../refusal.ts';
import { shadow } from '../shadow.ts';
import { countUnseen } from '../unseen.ts';
import { verdictOn } from '../verdict-on.ts';
import type { Http2Headers, Http2Seen } from '../wire-calls.ts';
import { Written } from './written.ts';

/** The code that tells a server that nobody waits for its answer. @source rfc-editor.org/rfc/rfc9113#section-7 */
const CANCEL = 8;

const headerIn =
  (headers: Http2Headers) =>
  (name: string): string | undefined => {
    const value = headers[name];
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined;
  };

type Any = (...args: readonly unknown[]) => unknown;
type Shadowed = 'write' | 'end' | 'emit' | 'push' | 'destroy' | 'close';

/** Follows one stream of `node:http2`, from the app's last byte to the last one of the answer. */
class Http2Exchange {
  readonly #deps: WireDeps;
  readonly #seen: Http2Seen;
  readonly #stream: ClientHttp2Stream;
  readonly #written = new Written();
  readonly #startedMs = timers.monotonicMs();
  readonly #original: Readonly<Record<Shadowed, Any>>;
  readonly #cannotWait: boolean;
  #ended = false;
  /** Whether what the app sends may go out. */
  #isSent = false;
  #call: WireCall | undefined;
  #answer: RawAnswer | undefined;
  #refused = false;
  /** Whether the answer came to its end, which one without a body does before it is told of. */
  #over = false;

  constructor(deps: WireDeps, seen: Http2Seen, stream: ClientHttp2Stream) {
    this.#deps = deps;
    this.#seen = seen;
    this.#stream = stream;
    const { write, end, emit, push, destroy, close } = stream as unknown as Record<Shadowed, Any>;
    this.#original = { write, end, emit, push, destroy, close };
    shadow(stream, {
      write: (...args: readonly unknown[]) => {
        guard('wire.write', () => this.#written.add(args[0], args[1]));
        return this.#apply('write', args);
      },
      end: this.#onEnd,
      emit: (...args: readonly unknown[]) => {
        guard('wire.emit', () => this.#notice(args[0], args[1]));
        return this.#apply('emit', args);
      },
      push: this.#onPush,
      destroy: (...args: readonly unknown[]) => {
        // An error is told of when the stream is: it may be that of a request to which there was no answer.
        if (args[0] === undefined || args[0] === null) guard('wire.destroy', () => this.#onDestroyed());
        else if (this.#answer !== undefined) guard('wire.destroy', () => this.#broken(args[0]));
        return this.#apply('destroy', args);
      },
      close: (...args: readonly unknown[]) => {
        guard('wire.close', () => this.#letGo());
        return this.#apply('close', args);
      },
    });
    // A request without a body is ended when it is made, and on its way by then unless the app has called it off.
    const isWhole = stream.writableEnded || stream.endAfterHeaders;
    this.#cannotWait = isWhole && !stream.destroyed;
    if (isWhole) this.#onEnd();
  }

  #apply(name: Shadowed, args: readonly unknown[]): unknown {
    return Reflect.apply(this.#original[name], this.#stream, args);
  }

  readonly #onEnd = (...args: readonly unknown[]): unknown => {
    const end = (): unknown => this.#apply('end', args);
    // Closing a stream ends it first: what is refused, or waits still, would come to the provider as a request without a body.
    if (this.#ended) return this.#isSent ? end() : this.#stream;
    this.#ended = true;
    this.#call = guard('wire.begin', () => this.#begin(args));
    if (this.#call === undefined) {
      this.#isSent = true;
      return end();
    }
    const verdict = verdictOn(this.#call);
    if (verdict instanceof Promise) void verdict.then((known) => this.#admitted(known, end));
    else this.#admitted(verdict, end);
    return this.#stream;
  };

  #begin(args: readonly unknown[]): WireCall | undefined {
    if (typeof args[0] !== 'function') this.#written.add(args[0], args[1]);
    // What the app has let go of already is not sent.
    const signal = this.#stream.destroyed ? AbortSignal.abort() : undefined;
    return beginOnWire(this.#deps, {
      signal,
      cannotWait: this.#cannotWait,
      method: this.#seen.method,
      url: new URL(this.#seen.address),
      ...this.#written.read(),
      doubtful: this.#seen.doubtful,
      header: headerIn(this.#seen.headers),
    });
  }

  #admitted(verdict: Verdict, end: () => unknown): void {
    const wire = this.#call;
    // The app has let go of a stream that waited: nothing is left to be sent.
    if (wire === undefined || this.#stream.destroyed) return;
    if (verdict.kind === 'go') {
      this.#isSent = true;
      wire.call.run(end);
      return;
    }
    this.#refused = true;
    wire.call.blocked(verdict.refusal);
    this.#answerRefusal(wire, verdict.refusal);
  }

  /** The stream is never ended, so the provider is asked nothing; it is let go when the app has read the answer. */
  #answerRefusal(wire: WireCall, refusal: Refusal): void {
    const { status, headers, body } = refusalAnswer(wire.dialect, refusal);
    process.nextTick(() => {
      guard('wire.refuse', () => {
        this.#apply('emit', ['response', { ...headers, ':status': status }, 0]);
        this.#apply('push', [Buffer.from(body)]);
        this.#apply('push', [null]);
        this.#stream.once('end', () => this.#apply('close', [CANCEL]));
      });
    });
  }

  readonly #onPush = (...args: readonly unknown[]): unknown => {
    const [chunk] = args;
    if (this.#refused) return true;
    // A stream that breaks off is ended for its reader as well, when it is destroyed.
    if (chunk === null && !this.#stream.destroyed) this.#onOver();
    else if (chunk instanceof Uint8Array) {
      const refusal = this.#answer?.bytes(chunk);
      if (refusal !== undefined) {
        this.#apply('destroy', [streamRefusal(refusal)]);
        return false;
      }
    }
    return this.#apply('push', args);
  };

  #notice(name: unknown, value: unknown): void {
    const wire = this.#call;
    if (wire === undefined || wire.call.ended) return;
    if (name === 'response') {
      const headers = value as Http2Headers;
      const status = Number(headers[':status'] ?? 0);
      this.#answer = new RawAnswer(this.#deps, wire, {
        status,
        header: headerIn(headers),
        durationMs: timers.monotonicMs() - this.#startedMs,
        // The first stream that a client opens has the number 1.
        connection: { connectionReused: (this.#stream.id ?? 1) > 1 },
      });
      if (this.#over) this.#answer.finished();
    } else if (name === 'error') this.#failed(value);
    // Not when it is aborted, of which an error may be the reason.
    else if (name === 'close') this.#letGo();
  }

  #onOver(): void {
    this.#over = true;
    this.#answer?.finished();
  }

  /** The stream is destroyed without a reason: by the app, or by Node where the other side has reset it. Of that Node makes an error, unless it is a cancellation. */
  #onDestroyed(): void {
    const { rstCode } = this.#stream;
    if (rstCode === 0) this.#letGo();
    else if (rstCode === CANCEL) this.#failed(Object.assign(new Error('The stream was called off.'), { code: 'ERR_HTTP2_STREAM_ERROR' }));
  }

  /** The stream is closed without an error: by the app, or because its connection is gone, which Node tells in no other way. */
  #letGo(): void {
    const { session } = this.#stream;
    // A session that is destroyed has no socket any more.
    const socket = session?.socket as { readonly destroyed: boolean } | undefined;
    const isLost = session?.destroyed === false && socket?.destroyed === true;
    if (isLost) this.#failed(Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' }));
    else this.#broken(undefined);
  }

  #failed(error: unknown): void {
    const call = this.#call?.call;
    const wasSent = this.#isSent || this.#cannotWait;
    if (this.#answer === undefined && wasSent && call?.ended === false) call.attempt(attemptOf(error, timers.monotonicMs() - this.#startedMs));
    this.#broken(error);
  }

  #broken(error: unknown): void {
    if (this.#answer !== undefined) this.#answer.broken(error);
    else if (error === undefined || error === null) this.#call?.call.cancelled();
    else this.#call?.call.failed(error);
  }
}

/** Makes a request to a model's host over HTTP/2: as a call of its own, or unseen inside a call that is seen already. */
export const streamThrough = (deps: WireDeps, seen: Http2Seen): ClientHttp2Stream => {
  const stream = seen.send();
  countUnseen(deps.opener, seen);
  if (seen.kind === 'call' && deps.opener.current() === undefined) guard('wire.http2', () => new Http2Exchange(deps, seen, stream));
  return stream;
};
