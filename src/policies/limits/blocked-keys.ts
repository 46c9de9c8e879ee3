import type { Block } from './refusal.ts';

/** Room may come back without being told of it: another process gives back a place. */
const FIRST_POLL_MS = 25;
const LAST_POLL_MS = 100;
/** A store of this process alone tells by itself when a place is given back. */
const OWN_POLL_MS = 1000;
/** A place among those that wait has to be asked for again before it lapses. */
const RENEW_MS = 400;
/** Clocks of processes may round. */
const SLACK_MS = 1;

interface Blocked {
  readonly block: Block;
  readonly atMs: number;
  /** `undefined` once there may be room. */
  readonly untilMs: number | undefined;
  readonly polls: number;
}

/** The keys that had no room when they were asked last, and when to ask again. */
export class BlockedKeys {
  readonly #keys = new Map<string, Blocked>();
  readonly #isShared: () => boolean;

  /** @param isShared whether other processes take from the same limits */
  constructor(isShared: () => boolean) {
    this.#isShared = isShared;
  }

  /** Takes note that a key has no room. */
  block(key: string, block: Block, nowMs: number): void {
    const polls = (this.#keys.get(key)?.polls ?? 0) + 1;
    this.#keys.set(key, { block, polls, atMs: nowMs, untilMs: nowMs + this.#pauseMs(block, polls) });
  }

  /** Takes note that a key may have room. How it stood is kept for those who come meanwhile. */
  free(key: string): void {
    const blocked = this.#keys.get(key);
    if (blocked !== undefined) this.#keys.set(key, { ...blocked, polls: 0, untilMs: undefined });
  }

  /** Forgets a key that nobody waits for any more. */
  forget(key: string): void {
    this.#keys.delete(key);
  }

  /** Whether it is too early to ask for a key again. */
  isBlocked(key: string, nowMs: number): boolean {
    const untilMs = this.#keys.get(key)?.untilMs;
    return untilMs !== undefined && untilMs > nowMs;
  }

  /** How a key stands, by what was said when it was asked last. */
  last(key: string, nowMs: number): Block | undefined {
    const blocked = this.#keys.get(key);
    if (blocked?.block.state?.roomInMs === undefined) return blocked?.block;
    const { block, atMs } = blocked;
    return { ...block, state: block.state && { ...block.state, roomInMs: Math.max(1, (block.state.roomInMs ?? 0) - (nowMs - atMs)) } };
  }

  /** When the first key is to be asked again, on the monotonic clock; `Infinity` when none is blocked. */
  get nextMs(): number {
    let next = Infinity;
    for (const { untilMs = Infinity } of this.#keys.values()) next = Math.min(next, untilMs);
    return next;
  }

  #pauseMs({ state }: Block, polls: number): number {
    const roomMs = state?.roomInMs;
    if (!this.#isShared()) return roomMs === undefined ? OWN_POLL_MS : roomMs + SLACK_MS;
    if (roomMs !== undefined) return Math.min(RENEW_MS, roomMs + SLACK_MS);
    return Math.min(LAST_POLL_MS, FIRST_POLL_MS * 1.5 ** Math.min(10, polls - 1));
  }
}
