import { timers } from '../../base/timers.ts';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Verdict } from '../../call/adapter.ts';
import { appended } from '../../base/appended.ts';
import { guard } from '../../base/diag.ts';
import { attemptOf } from '../../providers/shared/response/attempt.ts';
import { beginOnWire, type WireCall, type WireDeps } from '../begin-on-wire.ts';
import { rewrittenBody } from '../change-body.ts';
import { RawAnswer } from '../raw-answer.ts';
import { UNREAD, type BodyRead } from '../read-text.ts';
import { streamRefusal } from '../refusal.ts';
import { shadow } from '../shadow.ts';
import { isTraceHeader } from '../trace-headers.ts';
import { verdictOn } from '../verdict-on.ts';
import { countUnseen } from '../unseen.ts';
import type { HttpSeen } from '../wire-calls.ts';
import { HeldWrite } from './held-write.ts';
import { answerRefusal } from './refused.ts';
import { Written } from './written.ts';

const headerIn = (req: ClientRequest, name: string): string | undefined => {
  const value = req.getHeader(name);
  return value === undefined ? undefined : String(value);
};

const bytesOf = (length: unknown): { readonly requestBytes?: number } => {
  const bytes = typeof length === 'string' || typeof length === 'number' ? Number(length) : Number.NaN;
  return Number.isNaN(bytes) ? {} : { requestBytes: bytes };
};

type Send = (args: readonly unknown[]) => void;

/** Follows one request of `node:http`, from the app's last byte to the last one of the answer. */
class HttpExchange {
  readonly #deps: WireDeps;
  readonly #seen: HttpSeen;
  readonly #req: ClientRequest;
  readonly #written = new Written();
  readonly #held: HeldWrite;
  #read: BodyRead = UNREAD;
  readonly #original: Pick<ClientRequest, 'write' | 'end' | 'emit' | 'destroy'>;
  #startedMs = 0;
  #isAsked = false;
  #isSent = false;
  /** What the app ended the request with while it waited. */
  #ends: readonly (readonly unknown[])[] = [];
  #refused = false;
  #isGone = false;
  #call: WireCall | undefined;
  #answer: RawAnswer | undefined;

  constructor(deps: WireDeps, seen: HttpSeen, req: ClientRequest) {
    this.#deps = deps;
    this.#seen = seen;
    this.#req = req;
    const { write, end, emit, destroy } = req;
    this.#original = { write, end, emit, destroy };
    this.#held = new HeldWrite(req, (args) => Reflect.apply(write, req, args));
    shadow(req, { write: this.#onWrite, end: this.#onEnd, emit: this.#onEmit, destroy: this.#onDestroy });
  }

  readonly #onWrite = (...args: readonly unknown[]): unknown => {
    guard('wire.write', () => this.#written.add(args[0], args[1]));
    if (!this.#isAsked && guard('wire.hold', () => this.#held.take(args)) === true) {
      process.nextTick(() => this.#isAsked || this.#ask([], this.#write));
      return true;
    }
    this.#held.release();
    return Reflect.apply(this.#original.write, this.#req, args);
  };

  readonly #onEnd = (...args: readonly unknown[]): ClientRequest => {
    if (!this.#isAsked) this.#ask(args, this.#end);
    else if (this.#isSent) this.#end(args);
    // It waits for its verdict, or was refused.
    else this.#ends = appended(this.#ends, args);
    return this.#req;
  };

  /** Asks whether the request may go out, now that its body is there, and sends what is left of it then. */
  #ask(args: readonly unknown[], send: Send): void {
    this.#isAsked = true;
    this.#call = guard('wire.begin', () => this.#begin(args));
    if (this.#call === undefined) return this.#send(args, send);
    const verdict = verdictOn(this.#call);
    if (verdict instanceof Promise) void verdict.then((known) => this.#admitted(known, args, send));
    else this.#admitted(verdict, args, send);
  }

  #send(args: readonly unknown[], send: Send): void {
    this.#isSent = true;
    send(args);
    for (const end of this.#ends) this.#end(end);
  }

  readonly #end: Send = (args) => {
    this.#held.release();
    Reflect.apply(this.#original.end, this.#req, args);
  };

  /** Who writes first, as follow-redirects and with it axios do, ends the request when all is written: by then the provider would have it. */
  readonly #write: Send = (args) => {
    if (args.length > 0) Reflect.apply(this.#original.write, this.#req, args);
    this.#held.release();
  };

  /** What is sent at last: the app's own body unless the owner asked for a change, and it can still be made. */
  #changed(verdict: Verdict, args: readonly unknown[], { url }: WireCall): readonly unknown[] {
    if (!this.#held.isWhole || this.#req.headersSent) return args;
    const text = rewrittenBody(verdict, this.#read.text, this.#read.value, url);
    if (text === undefined) return args;
    this.#held.drop();
    if (this.#req.hasHeader('content-length')) this.#req.setHeader('content-length', Buffer.byteLength(text));
    return [text, 'utf8', ...args.filter((arg) => typeof arg === 'function')];
  }

  #begin(args: readonly unknown[]): WireCall | undefined {
    if (typeof args[0] !== 'function') this.#written.add(args[0], args[1]);
    const header = (name: string): string | undefined => headerIn(this.#req, name);
    this.#read = this.#written.read();
    // What the app has let go of already is not sent.
    this.#isGone = this.#req.destroyed;
    const signal = this.#isGone ? AbortSignal.abort() : undefined;
    const { method, address, doubtful } = this.#seen;
    const begun = beginOnWire(this.#deps, { method, url: new URL(address), ...this.#read, doubtful, header, signal });
    if (begun !== undefined && doubtful && !this.#deps.keepTrace) removeTrace(this.#req);
    return begun;
  }

  #admitted(verdict: Verdict, args: readonly unknown[], send: Send): void {
    const wire = this.#call;
    if (wire === undefined) return;
    // The app has let go of it: nothing is sent any more, and Node tells so to whoever waits for that.
    if (this.#req.destroyed) return this.#send(args, send);
    if (verdict.kind === 'refused') {
      this.#refused = true;
      wire.call.blocked(verdict.refusal);
      const emit = (name: string, ...args: readonly unknown[]): boolean => Reflect.apply(this.#original.emit, this.#req, [name, ...args]);
      guard('wire.refuse', () => answerRefusal(this.#req, wire.dialect, verdict.refusal, () => Reflect.apply(this.#original.destroy, this.#req, []), emit));
      return;
    }
    this.#startedMs = timers.monotonicMs();
    const sent = guard('wire.change', () => this.#changed(verdict, args, wire)) ?? args;
    wire.call.run(() => this.#send(sent, send));
  }

  readonly #onEmit = (...args: readonly unknown[]): boolean => {
    const [name, value] = args;
    // What was refused is broken off before it is sent; the app is told by the answer alone.
    if (this.#refused && name === 'error') return true;
    guard('wire.emit', () => this.#notice(name, value));
    return Reflect.apply(this.#original.emit, this.#req, args) as boolean;
  };

  #notice(name: unknown, value: unknown): void {
    const call = this.#call?.call;
    if (call === undefined || call.ended || this.#refused) return;
    if (name === 'response') this.#onResponse(value as IncomingMessage);
    else if (name === 'abort') this.#broken(undefined);
    else if (name === 'error') this.#failed(value);
    else if (name === 'close') this.#broken(undefined);
  }

  #failed(error: unknown): void {
    const call = this.#call?.call;
    if (this.#answer === undefined && !this.#isGone) call?.attempt(attemptOf(error, timers.monotonicMs() - this.#startedMs));
    this.#broken(error);
  }

  #broken(error: unknown): void {
    if (this.#answer !== undefined) this.#answer.broken(error);
    else if (error === undefined) this.#call?.call.cancelled();
    else this.#call?.call.failed(error);
  }

  readonly #onDestroy = (...args: readonly unknown[]): unknown => {
    // Only who lets a request go on purpose says nothing about why.
    if (args[0] === undefined || args[0] === null) guard('wire.destroy', () => this.#broken(undefined));
    else if (this.#answer !== undefined) guard('wire.destroy', () => this.#broken(args[0]));
    return Reflect.apply(this.#original.destroy, this.#req, args);
  };

  #onResponse(res: IncomingMessage): void {
    const wire = this.#call;
    if (wire === undefined) return;
    const header = (name: string): string | undefined => {
      const value = res.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    };
    const connection = { connectionReused: this.#req.reusedSocket, ...bytesOf(this.#req.getHeader('content-length')) };
    const answer = new RawAnswer(this.#deps, wire, { status: res.statusCode ?? 0, header, durationMs: timers.monotonicMs() - this.#startedMs, connection });
    this.#answer = answer;
    const { push, destroy } = res;
    shadow(res, {
      push(...args: readonly unknown[]): unknown {
        const [chunk] = args;
        if (chunk === null) answer.finished();
        else if (chunk instanceof Uint8Array) {
          const refusal = answer.bytes(chunk);
          if (refusal !== undefined) {
            Reflect.apply(destroy, res, [streamRefusal(refusal)]);
            return false;
          }
        }
        return Reflect.apply(push, res, args);
      },
      destroy(...args: readonly unknown[]): unknown {
        answer.broken(args[0]);
        return Reflect.apply(destroy, res, args);
      },
    });
  }
}

const removeTrace = (req: ClientRequest): void => {
  if (req.headersSent) return;
  for (const name of req.getHeaderNames()) if (isTraceHeader(name)) req.removeHeader(name);
};

/** Makes a request to a model's host: as a call of its own, or unseen inside a call that is seen already. */
export const requestThrough = (deps: WireDeps, seen: HttpSeen): ClientRequest => {
  const req = seen.send();
  guard('wire.trace', () => deps.keepTrace || seen.doubtful || removeTrace(req));
  countUnseen(deps.opener, seen, headerIn(req, 'upgrade'));
  if (seen.kind === 'call' && deps.opener.current() === undefined) guard('wire.http', () => new HttpExchange(deps, seen, req));
  return req;
};
