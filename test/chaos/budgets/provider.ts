/**
 * The local provider in a process of its own, with its bill in dollars: what it bills is written down when it has done the work, whatever
 * became of the caller. A stream that lost its reader is billed for what had been made until that was noticed.
 */
import { startLocalProvider } from '../../support/local-provider/start.ts';
import { PRICES } from './prices.ts';

const provider = await startLocalProvider({ keepCalls: 1_000_000 });

const billedUsd = (): number => {
  let usd = 0;
  for (const { requestModel, tokens, stream, end, events } of provider.bill().calls) {
    const price = PRICES[requestModel ?? ''];
    if (price === undefined || end === 'failed') continue;
    const output = stream && end !== 'answered' ? Math.min(tokens.output, events) : tokens.output;
    usd += (tokens.input * price.input + output * price.output) / 1e6;
  }
  return usd;
};

process.on('message', (asked: 'bill' | 'reset') => {
  if (asked === 'reset') provider.reset();
  process.send?.({ usd: billedUsd(), requests: provider.bill().requests });
});
process.on('disconnect', () => process.exit());
process.send?.({ url: provider.url });
