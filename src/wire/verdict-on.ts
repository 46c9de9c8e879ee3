import { guard } from '../base/diag.ts';
import type { Verdict } from '../call/adapter.ts';
import type { Refusal } from '../call/policy.ts';
import type { WireCall } from './begin-on-wire.ts';

/** The verdict on a request: that on its call, and for a further attempt whether it may be sent now. */
export const verdictOn = ({ call }: WireCall): Verdict | Promise<Verdict> => {
  const { verdict } = call;
  const held = guard('wire.retry', () => call.retrying?.());
  if (held === undefined) return verdict;
  const word = (refusal: Refusal | undefined): Verdict | Promise<Verdict> => (refusal === undefined ? verdict : { kind: 'refused', refusal });
  return held instanceof Promise ? held.then(word) : word(held);
};
