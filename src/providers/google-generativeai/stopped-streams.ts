/** What the SDK makes of a stream: the answers one by one, and a promise of the whole, which it reads on its own. */
interface StreamResult {
  readonly stream: { next(...args: readonly unknown[]): Promise<unknown> };
  response: Promise<unknown>;
}

type ProcessStream = (response: object, ...rest: readonly unknown[]) => StreamResult;

/**
 * Carries a refusal through the SDK, which turns every error of a body into one that says nothing, and whose promise of the whole is rejected also where
 * nobody asked for it: an app that reads the stream alone would end by an unhandled rejection.
 * @source @google/generative-ai 0.24.1, `processStream` and `getResponseStream`
 */
export class StoppedStreams {
  readonly #errors = new WeakMap<object, unknown>();
  readonly #results = new WeakMap<object, StreamResult>();

  /** Notes that a policy stops the stream of a response, before the SDK learns of it. */
  stop(response: object, error: unknown): void {
    if (this.#errors.has(response)) return;
    this.#errors.set(response, error);
    this.#results.get(response)?.response.catch(() => undefined);
  }

  /** Gives the function that takes the place of the SDK's `processStream`: the same result, which fails with the refusal where there was one. */
  watch(original: ProcessStream): ProcessStream {
    return (response, ...rest) => {
      const result = original(response, ...rest);
      const said = (error: unknown): never => {
        throw this.#errors.get(response) ?? error;
      };
      const { stream } = result;
      const next = stream.next.bind(stream);
      stream.next = (...args) => next(...args).catch(said);
      result.response = result.response.catch(said);
      this.#results.set(response, result);
      return result;
    };
  }
}
