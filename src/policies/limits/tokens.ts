import type { Call } from '../../call/call.ts';
import type { Outcome } from '../../call/outcome.ts';
import { totalInput, totalOutput, type Usage } from '../../call/usage.ts';
import { billingOf } from '../budget/billing.ts';
import { boundOf } from '../budget/bound.ts';
import type { History } from '../budget/history.ts';
import { kindOf } from '../budget/line-plan.ts';
import type { CompiledLimit } from './compiled-limit.ts';

/** Characters of English text to a token, on the low side. */
const CHARS_PER_TOKEN = 3;
/** What a prompt is taken for whose text could not be measured, and what images and files add. */
const ASSUMED_INPUT = 2000;
/** Output of a call whose like was not seen yet. */
const ASSUMED_OUTPUT = 1024;
/** Nine of ten such calls use no more. */
const QUANTILE = 0.9;

/** Gives the tokens that a call will mostly use. */
export const expectedTokens = (call: Call, history: History): number => {
  const bound = boundOf(call, call.request.maxTokens, undefined, undefined);
  if (bound.input === 0) return 0;
  const { promptChars, promptHasMedia, model } = call.request;
  const text = promptChars === undefined ? ASSUMED_INPUT : Math.ceil(promptChars / CHARS_PER_TOKEN);
  const input = promptHasMedia === true ? text + ASSUMED_INPUT : text;
  return Math.min(bound.input, input) + Math.min(bound.output, history.quantile(kindOf(call, model), QUANTILE) ?? ASSUMED_OUTPUT);
};

/** Gives the most tokens that a call can use. */
export const mostTokens = (call: Call): number => {
  const { input, output } = boundOf(call, call.request.maxTokens, undefined, undefined);
  return input + output;
};

/** Gives the tokens that a call counts for in a limit while it runs. An expectation above the limit is cut to it, since the call may need less. */
export const tokensFor = ({ config }: CompiledLimit, call: Call, history: History): number => {
  if (config.unit !== 'tokens') return 0;
  return config.reserve === 'worst_case' ? mostTokens(call) : Math.min(config.limit, expectedTokens(call, history));
};

const totalOf = ({ buckets }: Usage): number => totalInput(buckets) + totalOutput(buckets);

/** Gives the tokens that a call counts for once it has ended; never less than what is known. */
export const usedTokens = (outcome: Outcome, reserved: number): number => {
  const billing = billingOf(outcome, undefined);
  switch (billing.kind) {
    case 'unbilled':
      return 0;
    case 'exact':
      return totalOf(billing.usage);
    case 'partial':
      return billing.usage === undefined ? reserved : totalOf(billing.usage);
    case 'unknown':
      return billing.usage === undefined ? reserved : Math.max(reserved, totalOf(billing.usage));
  }
};
