import { BOTH, buildPairTable, CLASS_SHIFT, CLOSES } from './pair-table.ts';
import type { Workspace } from './workspace.ts';

/** The shortest run of token characters that is looked at. Shorter secrets are found by the words around them. */
export const MIN_RUN = 14;
/** How many numbers stand in a workspace for each run: its start, the index behind its end, and the class bits that occur in it. */
export const RUN_NUMBERS = 3;

/** What the pass over a text found. */
export interface Passed {
  /** How many numbers of `runs` are filled. */
  readonly runs: number;
  /** How many numbers of `groups` are filled. */
  readonly groups: number;
  /** The bits of all pairs together: what no pair says is not in the text. */
  readonly seen: number;
}

let table: Uint16Array | undefined;

/**
 * Reads all characters, four pairs at a time, and notes in which groups a run may begin (its first eleven characters lie on two whole
 * double pairs and three quarters of a third) and in which an anchor may end. It takes no branch but its own end, so nothing is ever
 * guessed wrong: a note is written always and kept by moving on. Every index is inside the arrays.
 */
const notePlaces = (space: Workspace, length: number, says: Uint16Array): { readonly candidates: number; readonly groups: number; readonly seen: number } => {
  const { pairs, candidates, groups } = space;
  const end = ((length + 7) >> 3) << 2;
  let seen = 0;
  let candidateCount = 0;
  let groupCount = 0;
  // Whether the double pair before is whole, and whether the one before that is too.
  let whole = 0;
  let bothWhole = 0;
  let last = 0;
  for (let at = 0; at < end; at += 4) {
    const a = says[pairs[at] as number] as number;
    const b = says[pairs[at + 1] as number] as number;
    const c = says[pairs[at + 2] as number] as number;
    const d = says[pairs[at + 3] as number] as number;
    seen |= a | b | c | d;
    const left = a & b;
    const right = c & d;
    // `FIRST` doubled is `BOTH`, and `OPENS` halved is `CLOSES`.
    const early = bothWhole & a & (b << 1) & BOTH;
    const late = whole & left & c & (d << 1) & BOTH;
    bothWhole = left & right;
    whole = right;
    candidates[candidateCount] = at - early;
    candidateCount += (early | late) >> 1;
    const closing = ((last >> 1) & a) | ((a >> 1) & b) | ((b >> 1) & c) | ((c >> 1) & d);
    last = d;
    groups[groupCount] = at;
    groupCount += (closing & CLOSES) >> 3;
  }
  return { candidates: candidateCount, groups: groupCount, seen };
};

/** Gives -1 when a bit is set and 0 when it is not: as a mask it keeps all or nothing. */
const maskOf = (bits: number, place: number): number => -((bits >> place) & 1);

/** Finds where the run around each noted place begins and ends, and keeps those that are long enough. */
const measureRuns = (space: Workspace, count: number, says: Uint16Array): number => {
  const { pairs, candidates, runs } = space;
  let low = 0;
  let filled = 0;
  for (let i = 0; i < count; i++) {
    let at = (candidates[i] as number) - 2;
    let start = at << 1;
    if (start < low) continue;
    let bits = 0;
    if (at > 0) {
      // No more than three characters of a run stand before its first whole double pair.
      const u = says[pairs[at - 2] as number] as number;
      const v = says[pairs[at - 1] as number] as number;
      const one = maskOf(v, 2);
      const two = maskOf(v, 1);
      const three = two & maskOf(u, 2);
      start += one + two + three;
      bits = (v & one) | (u & three);
    }
    let u = says[pairs[at] as number] as number;
    let v = says[pairs[at + 1] as number] as number;
    while ((u & v & BOTH) !== 0) {
      bits |= u | v;
      at += 2;
      u = says[pairs[at] as number] as number;
      v = says[pairs[at + 1] as number] as number;
    }
    const one = maskOf(u, 0);
    const two = maskOf(u, 1);
    const three = two & maskOf(v, 0);
    const end = (at << 1) - one - two - three;
    low = end;
    runs[filled] = start;
    runs[filled + 1] = end;
    runs[filled + 2] = (bits | (u & one) | (v & three)) >> CLASS_SHIFT;
    filled += ((MIN_RUN - 1 - (end - start)) >>> 31) * RUN_NUMBERS;
  }
  return filled;
};

/** Goes once over the bytes of a text for everything that can be told from pairs of characters: all runs of at least 14 token characters, and where an anchor may be. */
export const passOver = (space: Workspace, length: number): Passed => {
  table ??= buildPairTable();
  const { candidates, groups, seen } = notePlaces(space, length, table);
  return { runs: measureRuns(space, candidates, table), groups, seen };
};
