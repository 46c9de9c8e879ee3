import type { LedgerContext } from './ledger-record.ts';

const MOST = 10_000;

/**
 * Makes the function that gives of a context only what days are added up by, and the same object for the same values: an owner may label each call
 * with an id of its own, and the contexts of a day are kept as long as its files are followed.
 */
export const slimContexts = (): ((context: LedgerContext) => LedgerContext) => {
  const known = new Map<string, LedgerContext>();
  return ({ k, op, provider, model, key, labels }) => {
    const service = labels?.['service'];
    const name = JSON.stringify([provider, model, key, service]);
    const found = known.get(name);
    if (found !== undefined) return found;
    if (known.size >= MOST) known.clear();
    const slim: LedgerContext = {
      k,
      op,
      provider,
      ...(model === undefined ? {} : { model }),
      ...(key === undefined ? {} : { key }),
      ...(service === undefined ? {} : { labels: { service } }),
    };
    known.set(name, slim);
    return slim;
  };
};
