import type { Cost, PriceQuestion } from '../call/cost.ts';
import type { Usage } from '../call/usage.ts';
import { canonicalTier } from './engine/variant.ts';
import { KnownNames, type Known } from './known-names.ts';
import { NO_OVERRIDES, type Overrides } from './overrides/overrides.ts';
import { isEmpty, priceUsage, providerCost, unpriced } from './price-call.ts';
import { resolve, type Resolution } from './resolve.ts';
import type { PriceTable } from './table/price-table.ts';

/** The arithmetic over one table and one set of overrides. */
export class PriceEngine {
  readonly #names = new KnownNames();
  readonly #table: () => PriceTable;
  readonly #onUnknown: (provider: string, model: string) => void;
  #overrides: Overrides = NO_OVERRIDES;

  constructor(table: () => PriceTable, onUnknown: (provider: string, model: string) => void) {
    this.#table = table;
    this.#onUnknown = onUnknown;
  }

  /** Takes other overrides and forgets what was worked out with the last ones. */
  use(overrides: Overrides): void {
    this.#overrides = overrides;
    this.#names.clear();
  }

  /** Forgets what was worked out from a table that is no longer in use. */
  forget(): void {
    this.#names.clear();
  }

  /** Gives how a name is priced. */
  known(provider: string, model: string, baseUrl: string | undefined): Known {
    const remembered = this.#names.get(provider, baseUrl ?? '', model);
    if (remembered !== undefined) return remembered;
    const made = resolve(this.#table(), this.#overrides, provider, model, baseUrl);
    this.#names.set(provider, baseUrl ?? '', model, made);
    if (made === 'unknown_model') this.#onUnknown(provider, model);
    return made;
  }

  /** Prices a call. */
  price(question: PriceQuestion): Cost {
    const { version } = this.#table();
    const { usage } = question;
    if (usage === undefined) return unpriced('usage_missing', version);
    if (usage.providerCost === undefined) return this.#local(question, usage, version);
    const local = this.#local(question, usage, version);
    return providerCost(usage, local.kind === 'priced' ? local : undefined, version) ?? local;
  }

  /** The response's model comes first: the request may name a deployment or an alias. */
  resolution(question: Omit<PriceQuestion, 'usage'>): { readonly known: Known | 'no_model'; readonly certain: boolean } {
    const { provider, requestModel, responseModel, context } = question;
    const first = responseModel ?? requestModel;
    if (first === undefined || first === '') return { known: 'no_model', certain: false };
    const known = this.known(provider, first, context.baseUrl);
    if (typeof known !== 'string' && known.overrides.length > 0) return { known, certain: true };
    if (requestModel === undefined || requestModel === first) return { known, certain: true };
    return this.#withRequest(known, question, requestModel);
  }

  /** A request's name counts where the response's is unknown, and where the owner wrote an entry for it. */
  #withRequest(known: Known, question: Omit<PriceQuestion, 'usage'>, requestModel: string): { readonly known: Known; readonly certain: boolean } {
    const asked = this.known(question.provider, requestModel, question.context.baseUrl);
    if (typeof asked !== 'string' && (asked.overrides.length > 0 || asked.match === 'free')) return { known: asked, certain: true };
    // What answered in place of a free model need not be free itself.
    if (typeof known !== 'string' || typeof asked === 'string' || asked.free) return { known, certain: true };
    return { known: asked, certain: false };
  }

  #local(question: PriceQuestion, usage: Usage, version: string): Cost {
    const { known, certain } = this.resolution(question);
    if (typeof known === 'string') return unpriced(known, version);
    if (isEmpty(usage) && !known.free) return unpriced('usage_missing', version);
    const resolvePass = (model: string): Resolution | undefined => {
      const pass = this.known(question.provider, model, question.context.baseUrl);
      return typeof pass === 'string' ? undefined : pass;
    };
    const { servedTier, requestedTier } = question.context;
    // Without word of the tier that served it, the one that was asked for is the best that is known.
    if (servedTier === undefined && requestedTier !== undefined && canonicalTier(requestedTier) !== '') {
      const asked = { ...question, context: { ...question.context, servedTier: requestedTier } };
      return priceUsage(asked, usage, known, version, false, resolvePass);
    }
    return priceUsage(question, usage, known, version, certain, resolvePass);
  }
}
