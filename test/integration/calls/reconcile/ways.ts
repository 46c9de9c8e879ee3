import type { Dice } from './dice.ts';
import { askedOf, isOlder, isText } from './operations.ts';
import { type Expected, isDirect, type PlannedCall } from './planned-call.ts';

/** What is drawn of a call before it is known how it ends. */
export type Draw = Omit<PlannedCall, 'n' | 'gap'>;
/** Makes of a draw a call that ends in one way, and what must be found of it. */
type Way = (draw: Draw, dice: Dice) => Partial<Draw> & { readonly expected: Expected };

/** The provider's whole answer, read to its end. */
export const completed: Expected = { outcomes: ['completed'], usage: 'exact', requests: 1 };
const failed = (errorType?: string, requests = 1): Expected => ({
  outcomes: ['failed'],
  usage: 'some',
  requests,
  ...(errorType === undefined ? {} : { errorType }),
});

/** How the events come: the provider waits in the middle, sends one by one, or all at once. Only the first makes sure that the app ends it. */
const flow = ({ after }: Draw, dice: Dice): { readonly script: Record<string, number>; readonly sure: boolean } =>
  dice.one([
    { script: { stall: after + 4, batch: dice.one([1, 3, 16]) }, sure: true },
    { script: { interval: 1 + dice.upTo(2) }, sure: false },
    { script: { batch: dice.one([1, 2, 16]) }, sure: false },
  ]);

const RETRIED = [429, 500, 503];

/** The SDK tries so often before it is answered. */
const again = (times: number, dice: Dice): { readonly retries: number; readonly script: Readonly<Record<string, number>> } => ({
  retries: times,
  script: { status: dice.one(RETRIED), times, 'retry-after-ms': 3 },
});

/** The app lets go of a stream in its middle, and says so; of some after they were tried again. */
const leaves: Way = (draw, dice) => {
  const { script, sure } = flow(draw, dice);
  const tried = draw.sdk && !isOlder(draw.form) && dice.odds(0.25) ? again(1, dice) : undefined;
  const expected: Expected = { outcomes: sure ? ['cancelled'] : ['cancelled', 'completed'], usage: 'some', requests: tried === undefined ? 1 : 2 };
  return { ...tried, script: { ...draw.script, ...script, ...tried?.script }, expected };
};

/** The same by the bytes of a stream, which may come in one piece. */
const leavesRaw: Way = (draw, dice) => ({ ...leaves({ ...draw, after: 1 }, dice), after: 1 });

/** The app calls a stream off and never reads on, so that nobody hears of it. */
const callsOff: Way = (draw, dice) => ({ ...leaves(draw, dice), open: true });

/**
 * The app leaves a stream lying in its middle. Node holds on to what was not read to its end, so that its collection is not certain; Anthropic's SDK
 * cancels what was left lying when it notices.
 */
const forgets: Way = (draw, dice) => ({
  script: { ...draw.script, ...dice.one([{ interval: 1 + dice.upTo(2) }, { batch: dice.one([1, 2, 16]) }]) },
  expected: {
    outcomes: ['abandoned', 'completed', ...(draw.api === 'messages' && draw.sdk ? ['cancelled'] : [])],
    usage: 'some',
    requests: 1,
    reasons: ['collected', 'process_exit'],
  },
});

const fails: Way = ({ sdk, form, script }, dice) => {
  const status = dice.one([400, 401, 403, ...RETRIED]);
  const retries = sdk && !isOlder(form) ? dice.upTo(2) : 0;
  const requests = RETRIED.includes(status) ? 1 + retries : 1;
  return { retries, script: { ...script, status, 'retry-after-ms': 3 }, expected: failed(String(status), requests) };
};

const retried: Way = ({ script }, dice) => {
  const times = 1 + dice.upTo(1);
  const tried = again(times, dice);
  return { ...tried, ending: 'whole', script: { ...script, ...tried.script }, expected: { ...completed, requests: times + 1 } };
};

/** Where an answer is cut off: after so many events or bytes, of which it has more. */
const cutOf = (draw: Draw, dice: Dice): number => {
  if (draw.stream) return 1 + dice.upTo(Math.min(4, askedOf(draw).events - 2));
  return isText(draw) ? 20 + dice.upTo(80) : 1 + dice.upTo(14);
};

/** How the connection is lost before there are headers, or in their middle. */
const lossOf = (dice: Dice): Readonly<Record<string, number>> => ({ ...dice.one([{ cut: 0 }, { torn: 1 }]), ...resetOf(dice) });

const resetOf = (dice: Dice): Readonly<Record<string, number>> => (dice.odds(0.3) ? { reset: 1 } : {});

const cutOff: Way = (draw, dice) => ({
  ending: 'whole',
  script: { ...draw.script, ...(dice.odds(0.4) ? lossOf(dice) : { cut: cutOf(draw, dice), ...resetOf(dice) }) },
  expected: failed(),
});

/** The connection is lost before the answer, once or twice, and the SDK tries again; Google's does not. */
const lost: Way = ({ script }, dice) => {
  const times = 1 + dice.upTo(1);
  return {
    retries: times,
    ending: 'whole',
    script: { ...script, ...lossOf(dice), times, 'retry-after-ms': 3 },
    expected: { ...completed, requests: times + 1 },
  };
};

/** Anthropic's streams state their usage whatever they are told. */
const withoutUsage: Way = ({ api, stream, script }) => ({
  ending: 'whole',
  script: { ...script, usage: 'none' },
  expected: { outcomes: ['completed'], usage: api === 'messages' && stream ? 'exact' : 'none', requests: 1 },
});

const slow = 200;
const never: Expected = { outcomes: ['cancelled'], usage: 'none', requests: 1, perhaps: true };

const early: Way = ({ script }, dice) => ({ wait: 5 + dice.upTo(40), script: { ...script, latency: slow }, expected: never });
const before: Way = (draw) => ({ expected: { ...never, requests: 0, perhaps: isDirect(draw) } });
const late: Way = ({ script }, dice) => ({ wait: 20 + dice.upTo(20), script: { ...script, latency: slow }, expected: { ...never, outcomes: ['failed'] } });
/** The app gives up while the SDK waits for its next try. */
const between: Way = ({ script }, dice) => ({
  retries: 1,
  wait: 50,
  script: { ...script, status: dice.one(RETRIED), 'retry-after-ms': 3000 },
  expected: { outcomes: ['cancelled'], usage: 'none', requests: 1 },
});
/** A budget stops the stream. */
const stopped: Way = ({ script }) => ({
  script: { ...script, chunks: 500, out: 600, interval: 1 },
  expected: { outcomes: ['blocked'], usage: 'some', requests: 1 },
});
const whole: Way = () => ({ expected: completed });
const unread: Way = () => ({ open: true, expected: { outcomes: ['abandoned'], usage: 'none', requests: 1, reasons: ['unread'] } });
const dropped: Way = (draw, dice) => {
  // A stream of Gemini's is a JSON array unless it is asked for otherwise, and then a whole that the app is yet to read.
  if (draw.api === 'genai' && !draw.sdk && Number(draw.script['in']) % 2 === 1) return unread(draw, dice);
  const { script } = flow(draw, dice);
  return { script: { ...draw.script, ...script }, expected: { outcomes: ['abandoned'], usage: 'none', requests: 1, reasons: ['collected'] } };
};
const cancelledUnread: Way = () => ({ expected: { outcomes: ['cancelled'], usage: 'none', requests: 1 } });
const streamError: Way = ({ script }, dice) => ({ ending: 'whole', script: { ...script, 'stream-error': 1 + dice.upTo(4) }, expected: failed() });

/** A stream that ends as if it were whole, without its last events: nobody knows what it used in the end. */
const short: Way = ({ script }, dice) => ({
  ending: 'whole',
  script: { ...script, short: 2 + dice.upTo(3) },
  expected: { outcomes: ['completed', 'failed'], usage: 'some', requests: 1 },
});

const ANY: Readonly<Record<string, Way>> = { whole, failing: fails, early, before, late, after: whole, cutOff };
const SDK_STREAM: Readonly<Record<string, Way>> = {
  ...ANY,
  retried,
  withoutUsage,
  streamError,
  short,
  broken: leaves,
  returned: leaves,
  thrown: leaves,
  signalled: leaves,
  calledOff: callsOff,
  forgotten: forgets,
  dropped,
};
const STAINLESS_STREAM: Readonly<Record<string, Way>> = {
  ...SDK_STREAM,
  lost,
  controller: leaves,
  readable: leaves,
  helperOff: leaves,
  helperEarly: early,
  helperBefore: before,
  unheard: whole,
  controllerOff: callsOff,
  rawBroken: leavesRaw,
  teed: whole,
  helped: whole,
  raw: whole,
  rawDropped: dropped,
  unawaited: dropped,
  between,
};
const SDK_PLAIN: Readonly<Record<string, Way>> = { ...ANY, retried, withoutUsage };
const STAINLESS_PLAIN: Readonly<Record<string, Way>> = { ...SDK_PLAIN, lost, ran: whole, raw: whole, rawDropped: unread, unawaited: unread, between };
const WIRE_STREAM: Readonly<Record<string, Way>> = {
  ...ANY,
  streamError,
  short,
  withoutUsage,
  broken: leaves,
  returned: leaves,
  cancelled: leaves,
  released: leaves,
  signalled: leaves,
  calledOff: callsOff,
  forgotten: forgets,
  unread: cancelledUnread,
  dropped,
  teed: whole,
  cloned: whole,
};
const WIRE_PLAIN: Readonly<Record<string, Way>> = { ...ANY, withoutUsage, unread: cancelledUnread, dropped: unread, cloned: whole };

/** A pipeline is there before its request is sent. */
const destroyedUnread: Way = ({ via }) => ({ expected: { outcomes: ['cancelled', 'completed'], usage: 'some', requests: 1, perhaps: via === 'pipeline' } });
/** An error of the app's own, by which it destroys a stream, is what the call failed of. */
const destroyedFor: Way = (draw, dice) => {
  const left = leaves(draw, dice);
  return { ...left, expected: { ...left.expected, outcomes: [...left.expected.outcomes, 'failed'] } };
};
const NODE_PLAIN: Readonly<Record<string, Way>> = { ...ANY, withoutUsage, unread: destroyedUnread, dumped: whole, piped: whole };
const NODE_STREAM: Readonly<Record<string, Way>> = {
  ...NODE_PLAIN,
  streamError,
  short,
  broken: leaves,
  destroyed: leaves,
  destroyedFor,
  signalled: leaves,
};

/** Ways in which a call can end where there are budgets that refuse it, or stop it. */
export const GOVERNED: Readonly<Record<'refused' | 'stopped', Way>> = {
  refused: () => ({ expected: { outcomes: ['blocked'], usage: 'none', requests: 0, errorType: 'request_exceeds_budget' } }),
  stopped,
};

/** The older SDK gathers a stream by itself, and so reads it to its end whatever the app does with it. */
const readsOn: Way = ({ script }, dice) => ({
  script: { ...script, ...dice.one([{ interval: 1 + dice.upTo(2) }, { batch: dice.one([1, 2, 16]) }]) },
  expected: completed,
});
/** It listens for a signal, and does not look at it. */
const OLDER_PLAIN: Readonly<Record<string, Way>> = { ...ANY, withoutUsage, before: whole };
const OLDER_STREAM: Readonly<Record<string, Way>> = {
  ...OLDER_PLAIN,
  streamError,
  short,
  broken: readsOn,
  returned: readsOn,
  thrown: readsOn,
  signalled: leaves,
  forgotten: readsOn,
  dropped: readsOn,
};

const waysOfKind = ({ api, sdk, form, via, stream }: Draw): Readonly<Record<string, Way>> => {
  if (via !== undefined) return stream ? NODE_STREAM : NODE_PLAIN;
  if (!sdk) return stream ? WIRE_STREAM : WIRE_PLAIN;
  if (isOlder(form)) return stream ? OLDER_STREAM : OLDER_PLAIN;
  if (api === 'genai' || api === 'countContent' || api === 'embedContent') return stream ? SDK_STREAM : SDK_PLAIN;
  return stream ? STAINLESS_STREAM : STAINLESS_PLAIN;
};

/** Ways that take what only text has: helpers, usage that is there or not, and an end that can be missing. */
const OF_TEXT = new Set(['ran', 'helped', 'unheard', 'helperOff', 'helperEarly', 'helperBefore', 'withoutUsage', 'short', 'streamError']);
/** Ways of a stream that is long enough to be left in its middle. */
const OF_LENGTH: readonly unknown[] = [leaves, leavesRaw, callsOff, forgets, dropped, destroyedFor];

/** The same way, of a call whose answer does not say what it used. */
const untold =
  (way: Way): Way =>
  (draw, dice) => {
    const made = way(draw, dice);
    return { ...made, expected: { ...made.expected, usage: 'none' } };
  };

/** Sound is no whole that waits to be read: that it is collected ends its call. */
const droppedSound: Way = () => ({ expected: { outcomes: ['abandoned'], usage: 'none', requests: 1, reasons: ['collected'] } });

const RAW = new Set(['raw', 'rawDropped', 'rawBroken', 'unawaited']);

/** What gives more than the answer, or something made of it, has no promise of the response alone, or one that is read by then; only two kinds have runners. */
const isWayOf = ({ api, form }: Draw, name: string): boolean => {
  if (RAW.has(name)) return form !== 'withResponse' && form !== 'parsed';
  return name !== 'ran' || ((api === 'chat' || api === 'messages') && form === undefined);
};

/** The ways in which a call of a kind can end, by their names. */
export const waysOf = (draw: Draw): Readonly<Record<string, Way>> => {
  const ways = Object.fromEntries(Object.entries(waysOfKind(draw)).filter(([name]) => isWayOf(draw, name)));
  if (isText(draw)) return ways;
  const { saysUsage, events } = askedOf(draw);
  const isShort = draw.stream && events < 9;
  const some = Object.entries(ways)
    .filter(([name, way]) => !OF_TEXT.has(name) && !(isShort && OF_LENGTH.includes(way)))
    .map(([name, way]) => [name, draw.api === 'speech' && way === unread ? droppedSound : way] as const);
  return Object.fromEntries(some.map(([name, way]) => [name, saysUsage ? way : untold(way)]));
};
