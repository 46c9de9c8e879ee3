/** What is called and how each call ends: made of a seed, so that a run can be had again. */
import { Dice } from './dice.ts';
import { framingOf } from './framings.ts';
import { askedOf, type Form, formsOf, isText, OTHER_APIS, TEXT_APIS } from './operations.ts';
import { isDirect, type PlannedCall, type Via } from './planned-call.ts';
import { placesOf, probesOf } from './places.ts';
import { completed, type Draw, GOVERNED, waysOf } from './ways.ts';

const LEAVES = ['exit', 'throw', 'signal', 'end'] as const;

/** A plan of calls, well mixed. */
export interface Plan {
  readonly seed: number;
  readonly calls: readonly PlannedCall[];
  readonly atOnce: number;
  /** How the process ends: in the middle of its last calls, or when nothing is left to do. */
  readonly leave: (typeof LEAVES)[number];
}

const VIAS: readonly Via[] = ['http', 'http2', 'request', 'stream', 'pipeline', 'fetched'];

const ENCODINGS = ['gzip', 'br', 'deflate', 'zstd'] as const;

/** How an answer comes over the line. A large one comes in pieces that are not small. */
const lineOf = (isRedirectable: boolean, dice: Dice): Record<string, number | string> => ({
  ...(dice.odds(0.2) ? { encoding: dice.one(ENCODINGS) } : {}),
  ...dice.one([{}, {}, {}, {}, {}, {}, { pieces: 5 + dice.upTo(300) }, { pieces: 5 + dice.upTo(300) }, { big: 1000 * (1 + dice.upTo(300)) }]),
  ...(dice.odds(0.2) ? { wide: 1 } : {}),
  ...(dice.odds(0.1) ? { close: 1 } : {}),
  ...(dice.odds(0.1) && isRedirectable ? { redirect: dice.one([307, 308]) } : {}),
});

/** The call's own number is in its tokens, so that no other call's can be taken for them. Only of text a provider tells apart what was cached or reasoned. */
const scriptOf = (n: number, isOfText: boolean, dice: Dice): Record<string, number> => {
  const out = 12 + dice.upTo(40);
  return {
    in: 1000 + n,
    out,
    chunks: 9 + dice.upTo(6),
    ...(isOfText && dice.odds(0.3) ? { cached: 100 + dice.upTo(200) } : {}),
    ...(isOfText && dice.odds(0.3) ? { reasoning: 1 + dice.upTo(10) } : {}),
  };
};

/** Clients whose credentials go to one host alone follow nobody, nor does undici below its fetch. */
const followsRedirects = ({ form, via }: { readonly form: Form | undefined; readonly via: Via | undefined }): boolean =>
  form !== 'azure' && form !== 'deployed' && form !== 'bedrock' && (via === undefined || via === 'http' || via === 'fetched');

const drawOf = (n: number, dice: Dice): Draw => {
  const sdk = dice.odds(0.65);
  const api = dice.odds(0.2) ? dice.one(OTHER_APIS) : dice.one(TEXT_APIS);
  const stream = dice.odds(0.7) && askedOf({ api }).events > 0;
  const forms = sdk && dice.odds(0.4) ? formsOf({ api, stream }) : [];
  const form = forms.length > 0 ? dice.one(forms) : undefined;
  const via = !sdk && dice.odds(0.5) ? dice.one(VIAS) : undefined;
  const line = { ...lineOf(followsRedirects({ form, via }), dice), ...framingOf({ api, sdk, form, stream }, dice) };
  return {
    api,
    sdk,
    ...(form === undefined ? {} : { form }),
    ...(via === undefined ? {} : { via }),
    stream,
    secure: dice.odds(0.25),
    ending: '',
    script: { ...scriptOf(n, isText({ api }), dice), ...line },
    // Without an SDK the app takes pieces, of which there may be only one.
    after: sdk ? 1 + dice.upTo(3) : 1,
    wait: 0,
    expected: completed,
  };
};

/** The same call of a provider that sends all that it has: one that waits holds the process, which is to end by itself. */
const untilItsEnd = (call: PlannedCall): PlannedCall => {
  const { stall, ...script } = call.script;
  if (stall === undefined) return call;
  return { ...call, script, expected: { ...call.expected, outcomes: [...call.expected.outcomes, 'completed'] } };
};

/** Calls in whose middle the process exits. */
const lastCall = (n: number, dice: Dice): PlannedCall => {
  const draw = drawOf(n, dice);
  const sent = !draw.stream || !isText(draw) || dice.odds(0.3);
  const script = sent ? { ...draw.script, latency: 400 } : { ...draw.script, stall: 6 };
  return {
    ...draw,
    n,
    gap: 0,
    ending: 'exit',
    script,
    open: true,
    expected: { outcomes: ['abandoned'], usage: sent ? 'none' : 'some', requests: 1, reasons: ['process_exit'] },
  };
};

/** The same call where only one of all such may be in flight: which of them it is depends on how fast each is sent. */
const inLine = (call: PlannedCall): PlannedCall => ({
  ...call,
  script: { ...call.script, latency: 400 },
  tags: { place: 'last' },
  expected: { ...call.expected, usage: 'none', perhaps: true },
});

/** What a plan has to do with: budgets that refuse, limits that let calls wait. */
export interface Governing {
  readonly budgets: boolean;
  readonly limits: boolean;
  /** Whether their store answers later than at once. */
  readonly late: boolean;
}

/** Makes a plan of so many calls, whose numbers begin behind `after`. `how` says how it ends where that is not left to the dice. */
export const planOf = (seed: number, count: number, { budgets, limits, late }: Governing, after = 0, how?: Plan['leave']): Plan => {
  const dice = new Dice(seed);
  const drawnLeave = dice.one(LEAVES);
  const leave = how ?? drawnLeave;
  const places = new Dice(seed + 1);
  const calls = Array.from({ length: count }, (_, index): readonly PlannedCall[] => {
    const n = after + index + 1;
    const draw = drawOf(n, dice);
    const gap = dice.upTo(4);
    const drawn = budgets && !askedOf(draw).isFree && dice.odds(0.06) ? (draw.stream && isText(draw) && dice.odds(0.5) ? 'stopped' : 'refused') : undefined;
    // What nothing holds up is not refused by a store that is asked first; of a pipeline nobody knows how large its prompt is.
    const governed = (late && isDirect(draw)) || (drawn === 'stopped' && draw.via === 'pipeline') ? undefined : drawn;
    const ways = waysOf(draw);
    const named = governed ?? dice.one(Object.keys(ways));
    // What was left lying holds its connection, and that the process.
    const ending = leave === 'end' && named === 'forgotten' ? 'whole' : named;
    const way = governed === undefined ? ways[ending] : GOVERNED[governed];
    const call = { ...draw, n, gap, ending, ...way?.({ ...draw, ending }, dice) };
    const ended = leave === 'end' ? untilItsEnd(call) : call;
    return limits ? placesOf(ended, places) : [ended];
  }).flat();
  const last = Array.from({ length: leave === 'end' ? 0 : 4 }, (_, index) => lastCall(after + count + 1 + index, dice));
  const probes = limits ? probesOf(after + count + 10) : [];
  return {
    seed,
    calls: [...calls, ...probes, ...last.map((call, index) => (limits && index > 0 ? inLine(call) : call))],
    atOnce: dice.one([3, 8, 16, 40, 80]),
    leave,
  };
};
