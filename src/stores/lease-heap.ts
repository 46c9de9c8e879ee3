/** A lease's end and whose it is. */
interface Lease {
  readonly endMs: number;
  readonly id: string;
}

/** Leases by their end, the earliest first. Renewed leases are pushed again; whoever pops checks against the record. */
export class LeaseHeap {
  readonly #heap: Lease[] = [];

  /** How many entries are held, stale ones included. */
  get size(): number {
    return this.#heap.length;
  }

  /** The end of the earliest entry, or `Infinity`. */
  get firstEndMs(): number {
    return this.#heap[0]?.endMs ?? Infinity;
  }

  /** Adds an entry. */
  push(id: string, endMs: number): void {
    const heap = this.#heap;
    const lease = { endMs, id };
    let at = heap.length;
    heap.push(lease);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || parent.endMs <= endMs) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = lease;
  }

  /** Takes the earliest entry. */
  pop(): Lease | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = (heap[right]?.endMs ?? Infinity) < (heap[left]?.endMs ?? Infinity) ? right : left;
      const next = heap[child];
      if (next === undefined || next.endMs >= last.endMs) break;
      heap[at] = next;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
