import { AsyncLocalStorage } from 'node:async_hooks';
import { guard } from '../../base/diag.ts';
import type { CallOpener, OpenCall } from '../../call/adapter.ts';
import { refusalStatus } from '../../call/errors.ts';
import { causeOf, retryAfter, type Refusal } from '../../call/policy.ts';
import type { RequestSeen } from '../shared/begin.ts';
import { credentialIn } from '../shared/credential.ts';
import { type ChangedRequest, parsedBody, sendThrough } from '../shared/fetching.ts';
import type { ResponseLike } from '../shared/response/observe.ts';
import { ownerOf, wrapMethod } from '../shared/stainless/client.ts';
import { counting } from './attempts.ts';
import type { Through } from './global-fetch.ts';

/** What the SDK's client comes to: it keeps its errors, and does not throw them. */
type Result = { readonly ok: true; readonly value: ResponseLike } | { readonly ok: false; readonly error: unknown };

/** The error class of the interactions, which makes the one that fits a status. */
interface ErrorClass {
  generate(status: number, body: object, message: string, headers: Headers): Error;
}

type Bindings = Readonly<Record<string, unknown>>;

const refusalErrorOf = (APIError: unknown, refusal: Refusal): unknown => {
  const cause = causeOf(refusal);
  if (typeof APIError !== 'function' || !('generate' in APIError)) return cause;
  const { code, message } = refusal;
  const status = refusalStatus(code);
  const headers = new Headers({ 'x-purser-refusal': code, ...retryAfter(refusal) });
  const error = (APIError as unknown as ErrorClass).generate(status, { error: { code: status, status: code, message } }, message, headers);
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, enumerable: false, writable: true });
  return error;
};

const withBody = (sent: Request, changed: ChangedRequest | undefined): Request =>
  changed === undefined ? sent : new Request(sent, { method: sent.method, body: changed.body });

const bodyOf = async (sent: Request): Promise<unknown> =>
  sent.body === null
    ? undefined
    : parsedBody(
        await sent
          .clone()
          .text()
          .catch(() => ''),
      );

const causeIn = (error: unknown): unknown => (error as { readonly cause?: unknown } | null | undefined)?.cause ?? error;

type Exchange = (sent: Request) => Promise<ResponseLike>;

/** One interaction, which the SDK tries as often as it takes, each time by a request of its own. Its key is known from the first of them. */
class Interaction {
  readonly #opener: CallOpener;
  readonly #source: RequestSeen['source'];
  readonly #APIError: unknown;
  /** The app's own, where those of the requests are called off by the SDK's timeout as well. */
  readonly #signal: AbortSignal;
  #over: ((result: Result) => void) | undefined;
  #walk: Promise<unknown> | undefined;
  #call: OpenCall | undefined;
  #way: Through | undefined;
  #changed: ChangedRequest | undefined;
  #refusal: { readonly error: unknown } | undefined;

  constructor(opener: CallOpener, source: RequestSeen['source'], APIError: unknown, signal: AbortSignal) {
    this.#opener = opener;
    this.#source = source;
    this.#APIError = APIError;
    this.#signal = signal;
  }

  /** Sends one of its requests. */
  request(sent: Request, exchange: Exchange): Promise<ResponseLike> {
    const attempt = (): Promise<ResponseLike> => exchange(withBody(sent, this.#changed));
    if (this.#walk === undefined) return this.#first(sent, attempt);
    const [call, way] = [this.#call, this.#way];
    if (call === undefined || way === undefined) return attempt();
    return call.run(() => (sent.signal.aborted ? attempt() : way(attempt)));
  }

  /** Takes what all its requests came to, and gives what the app is told. */
  end(result: Result): Result | Promise<Result> {
    const [walk, over] = [this.#walk, this.#over];
    // A socket that is kept open keeps what was current when it was opened, and must not keep the answer with it.
    this.#walk = this.#over = this.#call = this.#way = undefined;
    if (walk === undefined) return result;
    over?.(result);
    const told = (): Result => (this.#refusal === undefined || result.ok ? result : { ok: false, error: this.#refusal.error });
    return walk.then(told, told);
  }

  async #first(sent: Request, attempt: () => Promise<ResponseLike>): Promise<ResponseLike> {
    const credential = guard('genai.key', () => credentialIn((name) => sent.headers.get(name) ?? undefined, new URL(sent.url)));
    this.#opener.learnSecret(credential);
    const body = await bodyOf(sent);
    const seen = { method: sent.method, url: new URL(sent.url), body, source: this.#source, credential, signal: this.#signal };
    return new Promise((resolve, reject) => {
      const send = (changed?: ChangedRequest): Promise<ResponseLike> => {
        this.#changed = changed;
        this.#call = this.#opener.current();
        this.#way = counting(this.#opener);
        (sent.signal.aborted ? attempt() : this.#way(attempt)).then(resolve, reject);
        return new Promise((answered, failed) => {
          // What the SDK makes of an error says less than the error.
          this.#over = (result) => (result.ok ? answered(result.value) : failed(causeIn(result.error)));
        });
      };
      this.#walk = sendThrough(this.#opener, { seen, send, refusalError: (refusal) => this.#refuse(refusal), recordAttempt: false });
      // Where it is refused nothing is sent.
      this.#walk.catch(reject);
    });
  }

  #refuse(refusal: Refusal): unknown {
    const error = refusalErrorOf(this.#APIError, refusal);
    this.#refusal = { error };
    return error;
  }
}

const sending = new AsyncLocalStorage<Interaction>();

/**
 * Instruments the client of the Interactions API that `@google/genai` has since 2.18: `_do` makes a call of one request or of several, each through the
 * `request` of an HTTPClient.
 * @source code of @google/genai 2.18 to 3.1, generated by Speakeasy
 */
export const patchInteractions = (opener: CallOpener, { ClientSDK, HTTPClient, APIError }: Bindings, version: string | undefined): void => {
  const source = { name: '@google/genai', version };
  wrapMethod(ownerOf(HTTPClient, 'request'), 'request', (original) => {
    return function request(this: unknown, ...args: readonly unknown[]) {
      const interaction = sending.getStore();
      const [sent] = args;
      if (interaction === undefined || !(sent instanceof Request)) return Reflect.apply(original, this as never, args);
      return interaction.request(sent, (next) => Reflect.apply(original, this as never, [next, ...args.slice(1)]) as Promise<ResponseLike>);
    };
  });
  wrapMethod(ownerOf(ClientSDK, '_do'), '_do', (original) => {
    return function _do(this: unknown, ...args: readonly unknown[]) {
      const [asked] = args;
      if (!(asked instanceof Request)) return Reflect.apply(original, this as never, args);
      const interaction = new Interaction(opener, source, APIError, asked.signal);
      const pending = sending.run(interaction, () => Reflect.apply(original, this as never, args) as Promise<Result>);
      return pending.then(
        (result) => interaction.end(result),
        (error: unknown) => {
          void interaction.end({ ok: false, error });
          throw error;
        },
      );
    };
  });
};
