import { guard } from '../base/diag.ts';
import type { Call } from '../call/call.ts';
import type { Cost, PriceQuestion } from '../call/cost.ts';
import { traitsOf } from '../call/operations.ts';
import type { ReadFacts } from '../call/read-facts.ts';
import { priceContext } from '../call/price-context.ts';
import type { Stations } from './stations.ts';

/** Gives what a call cost by what is known of its answer, estimated where the owner wants that and no usage was reported; `undefined` where there is nothing to pay. */
export const costOf = ({ price, estimate }: Stations, call: Call, facts: ReadFacts): Cost | undefined => {
  const { provider, request, startedAt } = call;
  // Free of charge, or billed with another call: asking for its price would invent an unpriced one.
  if (traitsOf(call).usage === 'none' && facts.usage === undefined) return undefined;
  const question: PriceQuestion = {
    provider,
    requestModel: request.model,
    responseModel: facts.response.model,
    at: startedAt,
    usage: facts.usage,
    context: priceContext(call, facts.response),
  };
  return guard('pricing', () =>
    facts.usage === undefined && estimate !== undefined
      ? estimate(question, { promptChars: request.promptChars ?? 0, outputChars: facts.outputChars })
      : price(question),
  );
};
