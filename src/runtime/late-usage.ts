import type { Call, Operation } from '../call/call.ts';
import type { ReadFacts } from '../call/read-facts.ts';
import { Lru } from '../base/lru.ts';

/** How many responses without usage are remembered. */
const MOST = 10_000;

/** What makes responses that are stored and can be fetched. */
const MAKES: ReadonlySet<Operation> = new Set<Operation>(['chat', 'text_completion', 'generate_content']);

/**
 * Knows of stored responses whose usage counts. The tokens of a response are counted by the call that made it; only where that one ended without usage,
 * because the provider was still at work or the stream broke off, do they count when the response is fetched, and then once, however often it is asked for.
 */
export class LateUsage {
  /** By the id of the response: whether its usage is still to come. */
  readonly #awaited = new Lru<string, boolean>(MOST);

  /** Gives what was read of a call, with its usage only where that counts. */
  counted(call: Call, facts: ReadFacts): ReadFacts {
    const { usage, response } = facts;
    const { id } = response;
    if (call.operation === 'fetch_response') {
      if (usage === undefined) return facts;
      if (id === undefined || this.#awaited.get(id) !== true) return { ...facts, usage: undefined };
      this.#awaited.set(id, false);
    } else if (usage === undefined && id !== undefined && MAKES.has(call.operation)) this.#awaited.set(id, true);
    return facts;
  }
}
