import type { Call } from '../call/call.ts';
import { traitsOf } from '../call/operations.ts';
import type { ReadFacts } from '../call/read-facts.ts';
import { Lru } from '../base/lru.ts';

/** How many responses without usage are remembered. */
const MOST = 10_000;

/**
 * Knows of stored responses and of results of batches whose usage counts. The tokens of a response are counted by the call that made it; only where that
 * one ended without usage, because the provider was still at work or the stream broke off, do they count when the response is fetched, and then once,
 * however often it is asked for. Those of a batch count when its results were first read to their end: what broke off half way is read again.
 */
export class LateUsage {
  /** By the id of the response: whether its usage is still to come. */
  readonly #awaited = new Lru<string, boolean>(MOST);

  /** The addresses of results that were counted. */
  readonly #batches = new Lru<string, true>(MOST);

  /** Gives what was read of a call, with its usage only where that counts. `isWhole` says that the answer was read to its end. */
  counted(call: Call, facts: ReadFacts, isWhole: boolean): ReadFacts {
    const { usage, response } = facts;
    if (call.operation === 'batch' && usage !== undefined) return isWhole && this.#isFirst(call.baseUrl) ? facts : { ...facts, usage: undefined };
    const { id } = response;
    if (call.operation === 'fetch_response') {
      if (usage === undefined) return facts;
      if (id === undefined || this.#awaited.get(id) !== true) return { ...facts, usage: undefined };
      this.#awaited.set(id, false);
    } else if (usage === undefined && id !== undefined && traitsOf(call).tokens === 'input_and_output') this.#awaited.set(id, true);
    return facts;
  }

  /** Whether these results were not counted yet; they are from now on. */
  #isFirst(results: string | undefined): boolean {
    if (results === undefined || this.#batches.get(results) === true) return false;
    this.#batches.set(results, true);
    return true;
  }
}
