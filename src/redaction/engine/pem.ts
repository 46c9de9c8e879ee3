import type { HitList } from './hits.ts';
import type { Subject } from './subject.ts';

const LABEL = 'PRIVATE KEY';
const BEGIN = '-----BEGIN';
const END = '-----END';
const HEAD = /^-----BEGIN[ A-Z0-9_-]{0,60}?PRIVATE KEY(?: BLOCK)?-----/;
// One line of a key without an end: base64, a header such as "Proc-Type: 4,ENCRYPTED", or an escape.
const BODY_LINE = /(?:\s|\\[nrt]|["'+|>])*(?:[A-Za-z0-9+/=]{16,}|(?:Proc-Type|DEK-Info|Version|Comment): ?[^\n\\]{0,120})/y;
const LAST_LINE = /(?:\s|\\[nrt])*[A-Za-z0-9+/]{2,15}={1,2}/y;
const HEAD_CHARS = 100;
const MAX_KEY_CHARS = 65_536;

/** Gives where the line that holds the label at `label` begins a key, or -1. */
const beginOf = (text: string, label: number, floor: number): number => {
  const from = Math.max(floor, label - HEAD_CHARS);
  const at = text.slice(from, label).lastIndexOf(BEGIN);
  return at < 0 ? -1 : from + at;
};

/** Gives where a key ends that has an end of its own, before another begins. */
const closedEnd = (text: string, from: number, nextEnd: number): number | undefined => {
  if (nextEnd < 0 || nextEnd - from >= MAX_KEY_CHARS || text.slice(from, nextEnd).includes(BEGIN)) return undefined;
  const close = text.indexOf('-----', nextEnd + END.length);
  return close >= 0 && close - nextEnd < HEAD_CHARS ? close + 5 : undefined;
};

const openEnd = (text: string, from: number): number => {
  let end = from;
  for (;;) {
    BODY_LINE.lastIndex = end;
    if (!BODY_LINE.test(text)) break;
    end = BODY_LINE.lastIndex;
  }
  LAST_LINE.lastIndex = end;
  return LAST_LINE.test(text) ? LAST_LINE.lastIndex : end;
};

/** Finds private keys in PEM: whole, without an end, and on one line. */
export const pemKeys = ({ text }: Subject, list: HitList): void => {
  let nextEnd = 0;
  let floor = 0;
  // The dashes are common in text, these letters are not.
  for (let label = text.indexOf(LABEL); label >= 0; label = text.indexOf(LABEL, label + LABEL.length)) {
    list.tick();
    const begin = label < floor ? -1 : beginOf(text, label, floor);
    const head = begin < 0 ? undefined : HEAD.exec(text.slice(begin, begin + HEAD_CHARS))?.[0];
    if (head === undefined) continue;
    const from = begin + head.length;
    // The search for an end goes forward only, so that many beginnings do not each read the whole text.
    if (nextEnd >= 0 && nextEnd < from) nextEnd = text.indexOf(END, from);
    const end = closedEnd(text, from, nextEnd) ?? openEnd(text, from);
    list.add('private-key', begin, end, 'a private key in PEM');
    floor = Math.max(from, end);
  }
};
