import { Dice } from '../reconcile/dice.ts';
import { isText } from '../reconcile/operations.ts';
import { type Plan, planOf } from '../reconcile/plan.ts';
import type { PlannedCall } from '../reconcile/planned-call.ts';
import { completed } from '../reconcile/ways.ts';

/** How a thread or process of a service begins. */
export type Form = 'alone' | 'main' | 'thread' | 'fork' | 'worker';

/** A process or thread that makes calls. */
export interface Member {
  readonly form: Form;
  readonly plan: Plan & { /** It is killed when so many of its calls have ended. */ readonly killAfter?: number };
}

/** Processes and threads of one name. */
export interface Service {
  readonly name: string;
  readonly members: readonly Member[];
}

/** Numbers of calls that one member has to itself. */
const NUMBERS = 200;

/** Calls that all members make under one budget, in which there is not room for all of them. */
const TIGHT = 8;

const tightCall = (n: number, dice: Dice): PlannedCall => ({
  n,
  api: 'chat',
  sdk: true,
  stream: false,
  ending: 'whole',
  // No more than what is reserved for them.
  script: { in: 20 + dice.upTo(40), out: 12 + dice.upTo(40), latency: dice.upTo(30) },
  after: 1,
  wait: 0,
  gap: dice.upTo(10),
  tags: { tight: 'yes' },
  expected: { ...completed, outcomes: ['completed', 'blocked'], usage: 'some', perhaps: true },
});

/** Places that all members share, for calls that come to an end by themselves; and a process may be gone before its last calls are sent. */
const inFleet = (call: PlannedCall, dice: Dice): PlannedCall => {
  const { ending, expected, open } = call;
  if (ending === 'exit') return { ...call, expected: { ...expected, perhaps: true } };
  const ends = expected.reasons === undefined && open !== true && ending !== 'refused';
  return ends && dice.odds(0.5) ? { ...call, tags: { place: 'lane' } } : call;
};

const LEAVES: Readonly<Record<Form, readonly Plan['leave'][]>> = {
  alone: ['exit', 'throw', 'signal', 'end'],
  main: ['exit', 'throw', 'signal', 'end'],
  // A signal is the process's, and a thread has none of its own.
  thread: ['exit', 'throw', 'end'],
  fork: ['exit', 'throw', 'signal', 'end'],
  worker: ['exit', 'throw', 'signal', 'end'],
};

const memberOf = (form: Form, seed: number, count: number, after: number, killed: boolean): Member => {
  const dice = new Dice(seed + 77);
  const leave = dice.one(LEAVES[form]);
  const { calls, ...plan } = planOf(seed, count, { budgets: true, limits: false, late: true }, after, leave);
  // How a machine that runs them all at once keeps time is not for a test to say; one process alone makes calls of all kinds.
  const own = calls.filter((call) => call.ending !== 'between' && isText(call) && call.via !== 'http2').map((call) => inFleet(call, dice));
  const tight = Array.from({ length: TIGHT }, (_, index) => tightCall(after + 150 + index, dice));
  return { form, plan: { ...plan, calls: [...tight, ...own], ...(killed ? { killAfter: 1 + dice.upTo(count) } : {}) } };
};

const HOUSES: readonly (readonly [name: string, forms: readonly Form[]])[] = [
  ['shop', ['alone']],
  ['search', ['worker', 'worker']],
  ['mail', ['main', 'thread']],
  ['night', ['fork', 'fork']],
];

/** Services that share what they may spend, in a store that answers later than at once; some of their processes are killed. */
export const fleetOf = (seed: number, count: number): readonly Service[] => {
  const dice = new Dice(seed);
  let index = 0;
  return HOUSES.map(([name, forms]) => ({
    name,
    members: forms.map((form) => {
      const after = NUMBERS * index++;
      // With its process a thread would be killed as well.
      const killed = form !== 'thread' && form !== 'main' && dice.odds(0.4);
      return memberOf(form, seed * 31 + index, count, after, killed);
    }),
  }));
};
