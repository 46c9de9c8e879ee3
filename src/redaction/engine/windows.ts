import { BLANK, CLASS } from './char-class.ts';

/** A piece of a long text that is scanned by itself. */
export interface ScanWindow {
  /** Where the piece begins and ends in the text. */
  readonly start: number;
  readonly end: number;
  /** Findings that begin from here on and before `until` are this window's; its neighbours see the others whole. */
  readonly from: number;
  readonly until: number;
}

/** Texts up to this length are scanned in one piece. */
export const LONG_TEXT = 147_456;
// A piece and what the scan makes of it stay in the processor's second cache, which a megabyte does not.
const STEP = 98_304;
// What stands before a finding tells of it over a few lines; a finding itself may be long.
const BEFORE = 2048;
const BEHIND = 8192;
const MAX_SEEK = 2048;

/** Gives the place behind the last blank at or before `at`, or -1 when there is none near: a cut must not go through a token. */
const cutNear = (text: string, at: number): number => {
  for (let i = at; i > at - MAX_SEEK && i > 0; i--) {
    const unit = text.charCodeAt(i - 1);
    if (unit < 128 && ((CLASS[unit] ?? 0) & BLANK) !== 0) return i;
  }
  return -1;
};

/** Cuts a long text into windows that overlap, or gives `undefined` when it has no blanks where cuts are needed. */
export const windowsOf = (text: string): readonly ScanWindow[] | undefined => {
  const cuts = [0];
  for (let at = STEP; at < text.length - BEHIND; at += STEP) {
    const cut = cutNear(text, at);
    if (cut < 0) return undefined;
    cuts.push(cut);
  }
  const windows: ScanWindow[] = [];
  for (const [i, from] of cuts.entries()) {
    const until = cuts[i + 1] ?? text.length;
    const start = i === 0 ? 0 : cutNear(text, from - BEFORE);
    const end = i === cuts.length - 1 ? text.length : cutNear(text, Math.min(text.length, until + BEHIND));
    if (start < 0 || end < 0) return undefined;
    windows.push({ start, end, from, until });
  }
  return windows;
};
