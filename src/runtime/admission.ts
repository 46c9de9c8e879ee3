import { fault } from '../base/diag.ts';
import type { Verdict, Rewrite } from '../call/adapter.ts';
import type { Call } from '../call/call.ts';
import type { Admission, Grant, Policy, Refusal } from '../call/policy.ts';
import type { Outcome } from '../call/outcome.ts';

/** What the policies answered: their grants so far, and the first refusal. */
export interface Admitted {
  readonly grants: Grant[];
  refusal: Refusal | undefined;
}

const ask = (policy: Policy, call: Call): Admission | Promise<Admission> => {
  try {
    const answer = policy.admit(call);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown): Admission => {
      fault(`policy.${policy.name}`, error);
      return { kind: 'indifferent' };
    });
  } catch (error) {
    fault(`policy.${policy.name}`, error);
    return { kind: 'indifferent' };
  }
};

const take = (admitted: Admitted, answer: Admission): void => {
  if (answer.kind === 'admitted') admitted.grants.push(answer.grant);
  else if (answer.kind === 'refused') admitted.refusal = answer.refusal;
};

const askFrom = async (policies: readonly Policy[], from: number, first: Promise<Admission>, call: Call, admitted: Admitted): Promise<void> => {
  take(admitted, await first);
  for (const policy of policies.slice(from + 1)) {
    if (admitted.refusal !== undefined) return;
    take(admitted, await ask(policy, call));
  }
};

/** Asks the policies in their order until one refuses. Answers at once unless a policy has to wait. */
export const admit = (policies: readonly Policy[], call: Call, admitted: Admitted): void | Promise<void> => {
  for (const [index, policy] of policies.entries()) {
    const answer = ask(policy, call);
    if (answer instanceof Promise) return askFrom(policies, index, answer, call, admitted);
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

/** The verdict on a call once its policies have answered. */
export const verdictOf = (admitted: Admitted): Verdict =>
  admitted.refusal === undefined ? { kind: 'go', rewrite: rewriteOf(admitted.grants) } : { kind: 'refused', refusal: admitted.refusal };
