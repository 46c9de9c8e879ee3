import type { HitList } from './hits.ts';
import type { Subject } from './subject.ts';

const BEGIN = '-----BEGIN';
const END = '-----END';
const HEAD = /^-----BEGIN[ A-Z0-9_-]{0,60}?PRIVATE KEY(?: BLOCK)?-----/;
// One line of a key without an end: base64, a header such as "Proc-Type: 4,ENCRYPTED", or an escape.
const BODY_LINE = /(?:\s|\\[nrt]|["'+|>])*(?:[A-Za-z0-9+/=]{16,}|(?:Proc-Type|DEK-Info|Version|Comment): ?[^\n\\]{0,120})/y;
const LAST_LINE = /(?:\s|\\[nrt])*[A-Za-z0-9+/]{2,15}={1,2}/y;
const HEAD_CHARS = 100;
const MAX_KEY_CHARS = 65_536;

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
  let begin = text.indexOf(BEGIN);
  while (begin >= 0) {
    list.tick();
    const head = HEAD.exec(text.slice(begin, begin + HEAD_CHARS))?.[0];
    let from = begin + BEGIN.length;
    if (head !== undefined) {
      from = begin + head.length;
      // The search for an end goes forward only, so that many beginnings do not each read the whole text.
      if (nextEnd >= 0 && nextEnd < from) nextEnd = text.indexOf(END, from);
      const nextBegin = text.indexOf(BEGIN, from);
      const ended = nextEnd >= 0 && nextEnd - from < MAX_KEY_CHARS && (nextBegin < 0 || nextEnd < nextBegin);
      const close = ended ? text.indexOf('-----', nextEnd + END.length) : -1;
      const end = close >= 0 && close - nextEnd < HEAD_CHARS ? close + 5 : openEnd(text, from);
      list.add('private-key', begin, end, 'a private key in PEM');
      from = Math.max(from, end);
    }
    begin = text.indexOf(BEGIN, from);
  }
};
