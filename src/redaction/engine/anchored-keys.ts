import type { HitList } from './hits.ts';
import { FLY_PAIR, TILDE_PAIR } from './pair-table.ts';
import type { Subject } from './subject.ts';

interface AnchoredFormat {
  readonly detector: string;
  readonly title: string;
  readonly source: string;
  /** Letters in the middle of the key that nothing else holds. */
  readonly anchor: string;
  /** What the pairs of a text say when the anchor is in it. */
  readonly pair: number;
  /** What stands before the anchor; its end is where the anchor begins. */
  readonly before: RegExp;
  readonly beforeChars: number;
  /** What stands behind the anchor. */
  readonly after: RegExp;
}

/** Keys that begin with no fixed letters but hold some in their middle. */
export const ANCHORED_FORMATS: readonly AnchoredFormat[] = [
  {
    detector: 'azure-client-secret',
    title: 'Microsoft Entra client secret',
    source: 'https://github.com/microsoft/security-utilities (1.4.22, MIT)',
    anchor: 'Q~',
    pair: TILDE_PAIR,
    before: /[\w.~]{3}\d$/,
    beforeChars: 4,
    after: /[\w.~-]{30,40}/y,
  },
  {
    detector: 'flyio-token',
    title: 'Fly.io token',
    source: 'https://fly.io/docs/security/tokens/',
    anchor: 'FlyV1 ',
    pair: FLY_PAIR,
    before: /(?:^|[^A-Za-z0-9])$/,
    beforeChars: 1,
    after: /[\w=,/+-]{40,4000}/y,
  },
];

/** Finds keys by letters in their middle. */
export const anchoredKeys = ({ text, passed }: Subject, list: HitList): void => {
  for (const format of ANCHORED_FORMATS) {
    if ((passed.seen & format.pair) === 0) continue;
    for (let at = text.indexOf(format.anchor); at >= 0; at = text.indexOf(format.anchor, at + 1)) {
      list.tick();
      const before = format.before.exec(text.slice(Math.max(0, at - format.beforeChars), at));
      format.after.lastIndex = at + format.anchor.length;
      if (before === null || !format.after.test(text)) continue;
      const start = format.beforeChars > 1 ? at - before[0].length : at;
      list.add(format.detector, start, format.after.lastIndex, format.title);
    }
  }
};
