import type { Cost, PriceQuestion } from '../call/cost.ts';
import type { Usage } from '../call/usage.ts';
import { canonicalTier } from './engine/variant.ts';
import { KnownNames, type Known } from './known-names.ts';
import { NO_OVERRIDES, type Overrides } from './overrides/overrides.ts';
import { hasPrice, isEmpty, isOverridden, priceUsage, providerCost, unpriced } from './price-call.ts';
import { resolve, type Resolution } from './resolve.ts';
import type { IsNamed } from './settings.ts';
import type { PriceTable } from './table/price-table.ts';

/** Names of Bedrock. Its answers carry the bare name of a model, whose price depends on the profile in the request: `global.` or a place. */
const BEDROCK: ReadonlySet<string> = new Set(['aws.bedrock', 'bedrock', 'aws']);

/** How many unknown names are told at most once. */
const MAX_TOLD = 1000;

/** Takes the tier that was asked for where nobody says which one served the call. Gives the same question where that changes nothing. */
export const asServed = <T extends Pick<PriceQuestion, 'context'>>(question: T): T => {
  const { servedTier, requestedTier } = question.context;
  if (servedTier !== undefined || requestedTier === undefined || canonicalTier(requestedTier) === '') return question;
  return { ...question, context: { ...question.context, servedTier: requestedTier } };
};

/** The arithmetic over one table and one set of overrides. */
export class PriceEngine {
  readonly #names = new KnownNames();
  readonly #table: () => PriceTable;
  readonly #onUnknown: (provider: string, model: string) => void;
  readonly #isNamed: IsNamed;
  readonly #told = new Set<string>();
  #overrides: Overrides = NO_OVERRIDES;

  constructor(table: () => PriceTable, onUnknown: (provider: string, model: string) => void, isNamed: IsNamed) {
    this.#isNamed = isNamed;
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
    this.#told.clear();
  }

  /** Gives how a name is priced. */
  known(provider: string, model: string, baseUrl: string | undefined): Known {
    const remembered = this.#names.get(provider, baseUrl ?? '', model);
    if (remembered !== undefined) return remembered;
    const made = resolve({ table: this.#table(), overrides: this.#overrides, isNamed: this.#isNamed }, provider, model, baseUrl);
    this.#names.set(provider, baseUrl ?? '', model, made);
    return made;
  }

  /** Prices a call. */
  price(question: PriceQuestion): Cost {
    const { version } = this.#table();
    const { usage } = question;
    if (usage === undefined) return unpriced('usage_missing', version);
    const local = this.#local(question, usage, version);
    const cost = providerCost(usage, local.kind === 'priced' ? local : undefined, version) ?? local;
    // A name that the table does not know matters only where nothing else priced the call.
    if (cost.kind === 'unpriced' && cost.reason === 'unknown_model') this.#tellUnknown(question);
    return cost;
  }

  #tellUnknown({ provider, responseModel, requestModel }: PriceQuestion): void {
    for (const model of new Set([responseModel, requestModel])) {
      if (model === undefined || model === '' || this.#told.has(`${provider}/${model}`)) continue;
      if (this.#told.size < MAX_TOLD) this.#told.add(`${provider}/${model}`);
      this.#onUnknown(provider, model);
    }
  }

  /** Gives how a call is priced, and whether that is certain. The response's model comes first: the request may name a deployment or an alias. */
  resolution(question: Omit<PriceQuestion, 'usage'>): { readonly known: Known | 'no_model'; readonly certain: boolean } {
    return this.#resolution(asServed(question));
  }

  #resolution(question: Omit<PriceQuestion, 'usage'>): { readonly known: Known | 'no_model'; readonly certain: boolean } {
    const { provider, requestModel, responseModel, context } = question;
    const first = responseModel ?? requestModel;
    if (first === undefined || first === '') return { known: 'no_model', certain: false };
    const known = this.known(provider, first, context.baseUrl);
    if (typeof known !== 'string' && isOverridden(known, question)) return { known, certain: true };
    if (requestModel === first) return { known, certain: true };
    if (requestModel === undefined) return { known, certain: !BEDROCK.has(provider) };
    return this.#withRequest(known, question, requestModel);
  }

  /**
   * A request's name counts where the response's has no price, where the owner wrote an entry for it that holds now, and at Bedrock, where it alone
   * says by which profile the call was routed and so what it costs.
   */
  #withRequest(known: Known, question: Omit<PriceQuestion, 'usage'>, requestModel: string): { readonly known: Known; readonly certain: boolean } {
    const asked = this.known(question.provider, requestModel, question.context.baseUrl);
    const routed = BEDROCK.has(question.provider);
    if (typeof asked !== 'string' && (asked.match === 'free' || isOverridden(asked, question))) return { known: asked, certain: true };
    if (typeof asked !== 'string' && routed && hasPrice(asked, question)) return { known: asked, certain: true };
    // What answered in place of a free model need not be free itself.
    if (typeof known !== 'string' && hasPrice(known, question)) return { known, certain: !routed };
    if (typeof asked === 'string' || asked.free || !hasPrice(asked, question)) return { known, certain: true };
    return { known: asked, certain: false };
  }

  #local(asked: PriceQuestion, usage: Usage, version: string): Cost {
    const question = asServed(asked);
    const { known, certain } = this.#resolution(question);
    if (typeof known === 'string') return unpriced(known, version);
    if (isEmpty(usage) && !known.free) return unpriced('usage_missing', version);
    const resolvePass = (model: string): Resolution | undefined => {
      if (model === question.responseModel) return known;
      const pass = this.known(question.provider, model, question.context.baseUrl);
      if (typeof pass === 'string') return undefined;
      return BEDROCK.has(question.provider) ? { ...pass, certain: false } : pass;
    };
    return priceUsage(question, usage, known, version, certain && question === asked, resolvePass);
  }
}
