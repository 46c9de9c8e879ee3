import { fault } from '../base/diag.ts';
import type { Verdict, Rewrite } from '../call/adapter.ts';
import type { Call } from '../call/call.ts';
import { INDIFFERENT, type Admission, type Caller, type Grant, type Policy, type Refusal } from '../call/policy.ts';
import type { Outcome } from '../call/outcome.ts';
import type { Stations } from './stations.ts';

/** What the policies answered: their grants so far, and the first refusal. */
export interface Admitted {
  readonly grants: Grant[];
  refusal: Refusal | undefined;
}

/** What is known of every call where there are no policies. */
export const UNASKED: Admitted = { grants: [], refusal: undefined };

/** Who answers, and what measures how long that took. */
export type Council = Pick<Stations, 'policies' | 'meter' | 'clock'>;

const failed = (policy: Policy, error: unknown): Admission => {
  fault(`policy.${policy.name}`, error);
  return INDIFFERENT;
};

/** Seconds for which a policy let the call wait for its turn: that is no time of its own. */
const waitedS = (answer: Admission): number => {
  const marks = answer.kind === 'admitted' ? answer.grant.marks : answer.kind === 'refused' ? answer.refusal.marks : undefined;
  return Number(marks?.['purser.queue.wait'] ?? 0);
};

const ask = (policy: Policy, call: Call, { meter, clock }: Council, caller: Caller | undefined): Admission | Promise<Admission> => {
  const askedMs = clock.monotonicMs();
  const answered = (answer: Admission): Admission => {
    const tookS = (clock.monotonicMs() - askedMs) / 1000 - waitedS(answer);
    meter.record('purser.policy.admit.duration', Math.max(0, tookS), { 'purser.policy': policy.name });
    return answer;
  };
  try {
    const answer = policy.admit(call, caller);
    if (answer instanceof Promise) return answer.catch((error: unknown) => failed(policy, error)).then(answered);
    return answered(answer);
  } catch (error) {
    return failed(policy, error);
  }
};

const take = (admitted: Admitted, answer: Admission): void => {
  if (answer.kind === 'admitted') admitted.grants.push(answer.grant);
  else if (answer.kind === 'refused') admitted.refusal = answer.refusal;
};

type Rest = readonly Policy[];

const askRest = async (council: Council, rest: Rest, first: Promise<Admission>, call: Call, admitted: Admitted, caller: Caller | undefined): Promise<void> => {
  // Whoever asks says meanwhile whether the call waits.
  await Promise.resolve();
  if (caller?.onItsWay === true) {
    // A call that goes its way is counted by all of them, in whatever order they answer.
    const others = rest.map(async (policy) => ask(policy, call, council, caller));
    for (const answer of await Promise.all([first, ...others])) take(admitted, answer);
    return;
  }
  take(admitted, await first);
  for (const policy of rest) {
    if (admitted.refusal !== undefined || caller?.gone === true) return;
    take(admitted, await ask(policy, call, council, caller));
  }
};

/** Asks the policies in their order until one refuses. Answers at once unless a policy has to wait. */
export const admit = (council: Council, call: Call, admitted: Admitted, caller?: Caller): void | Promise<void> => {
  // The policies in force may change while one of them waits.
  const { policies } = council;
  for (const [index, policy] of policies.entries()) {
    const answer = ask(policy, call, council, caller);
    if (answer instanceof Promise) return askRest(council, policies.slice(index + 1), answer, call, admitted, caller);
    take(admitted, answer);
    if (admitted.refusal !== undefined) return undefined;
  }
  return undefined;
};

/** Tells every grant how the call ended. */
export const settle = (grants: readonly Grant[], outcome: Outcome): void => {
  for (const grant of grants) {
    try {
      const settled = grant.settle(outcome);
      if (settled instanceof Promise) settled.catch((error: unknown) => fault('policy.settle', error));
    } catch (error) {
      fault('policy.settle', error);
    }
  }
};

/** The changes that grants ask for, later ones over earlier ones. */
const rewriteOf = (grants: readonly Grant[]): Rewrite | undefined => {
  let rewrite: Rewrite | undefined;
  for (const grant of grants) if (grant.rewrite !== undefined) rewrite = { ...rewrite, ...grant.rewrite };
  return rewrite;
};

const GO: Verdict = { kind: 'go', rewrite: undefined };

/** The verdict on a call once its policies have answered. */
export const verdictOf = ({ grants, refusal }: Admitted): Verdict => {
  if (refusal !== undefined) return { kind: 'refused', refusal };
  const rewrite = rewriteOf(grants);
  return rewrite === undefined ? GO : { kind: 'go', rewrite };
};
