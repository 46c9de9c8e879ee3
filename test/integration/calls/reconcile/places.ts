import type { Dice } from './dice.ts';
import { askedOf, isOlder, isText } from './operations.ts';
import { isDirect, type PlannedCall } from './planned-call.ts';
import { completed } from './ways.ts';

/** Where calls that stand in a limit's way have numbers of their own. */
const HOLDERS = 5000;

/** How long the one that has the only place of a limit has it: in milliseconds, or until the other was turned away. */
const HELD = { latency: 250 };
const UNTIL_RELEASED = { held: 1 };

const holderOf = ({ n, api, sdk }: PlannedCall, tags: Readonly<Record<string, string>>, held: Readonly<Record<string, number>> = HELD): PlannedCall => ({
  n: HOLDERS + n,
  api: isText({ api }) ? api : 'chat',
  sdk,
  stream: false,
  ending: 'whole',
  script: { in: 1000 + HOLDERS + n, out: 20, ...held },
  after: 1,
  wait: 0,
  gap: 0,
  tags,
  expected: completed,
});

/** A call whose app gives up while another one has the only place is never sent. */
const behind = (call: PlannedCall, holder: number, tags: Readonly<Record<string, string>>): PlannedCall => {
  // An SDK's own timeout begins when its request is sent.
  const gone = call.ending === 'early' || call.ending === 'helperEarly' || (call.ending === 'late' && !call.sdk);
  const waits = gone ? {} : { waits: true };
  return { ...call, behind: holder, tags, ...waits, expected: gone ? { ...call.expected, requests: 0, perhaps: false } : call.expected };
};

/** The call where limits have something to say of it, and the one that holds its place where there is one. */
export const placesOf = (call: PlannedCall, dice: Dice): readonly PlannedCall[] => {
  const { n, ending, expected, open } = call;
  const kind = dice.one(['lane', 'lane', 'lane', 'behind', 'away', 'once', 'free', 'free', 'free', 'free']);
  if (!askedOf(call).isLimited || (isDirect(call) && kind !== 'lane')) return [call];
  // What nobody ends holds its place until the process does.
  if (ending === 'refused' || (kind === 'lane' && (expected.reasons !== undefined || open === true))) return [call];
  const tags = { place: kind, pair: String(n) };
  const holder = holderOf(call, tags);
  switch (kind) {
    case 'lane':
      return [{ ...call, tags: { place: kind } }];
    case 'behind':
      if (ending === 'before' || ending === 'helperBefore' || ending === 'stopped') return [call];
      return [holder, behind(call, holder.n, tags)];
    case 'away': {
      const away = { outcomes: ['blocked'], usage: 'none', requests: 0, errorType: 'concurrency_limited' } as const;
      const { open: _, ...rest } = call;
      return [holderOf(call, tags, UNTIL_RELEASED), { ...rest, ending: 'turnedAway', behind: holder.n, tags, expected: away }];
    }
    case 'once': {
      if (!call.sdk || isOlder(call.form) || expected.reasons !== undefined) return [call];
      const once = { outcomes: ['blocked'], usage: 'none', requests: 1, errorType: 'rate_limited' } as const;
      const { open: _, ...rest } = call;
      const script = { in: 1000 + n, out: 20, status: dice.one([429, 500, 503]), 'retry-after-ms': 3 };
      return [{ ...rest, ending: 'turnedAway', retries: 2, script, tags: { place: kind }, expected: once }];
    }
    default:
      return [call];
  }
};

/** Calls that are made when all others are done, as many as there are places: none of them has to wait. */
export const probesOf = (first: number): readonly PlannedCall[] =>
  Array.from({ length: 4 }, (_, index) => ({
    ...holderOf({ n: first + index - HOLDERS, api: 'chat', sdk: false } as PlannedCall, { place: 'lane' }),
    ending: 'probe',
    waits: false,
  }));
