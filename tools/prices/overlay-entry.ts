import type { CardData, Ratio, RateKey } from '../../src/pricing/table/price-table.ts';

/** Where an entry comes from, so that anyone can look again. */
export interface EntrySource {
  readonly url: string;
  /** The day on which it was read there, as `YYYY-MM-DD`. */
  readonly observed: string;
  readonly note?: string;
}

/** Dollars as a provider's page writes them: for a million tokens, and for one piece of what is charged by the piece. */
export type Dollars = Readonly<Partial<Record<RateKey, string | null>>>;

/** A card in dollars. */
export interface WrittenCard extends Pick<CardData, 'from' | 'to' | 'utc' | 'days'> {
  readonly usd: Dollars;
  readonly over?: { readonly n: number; readonly usd: Dollars };
  readonly x?: Readonly<Record<string, Ratio>>;
}

/** One reviewed change to what the source says. Models are ids of the table; a trailing `*` takes all that begin so. */
export type OverlayEntry =
  /** A model that the source lacks or has wrong as a whole. */
  | {
      readonly kind: 'model';
      readonly provider: string;
      readonly id: string;
      readonly aliases?: readonly string[];
      readonly cards: readonly WrittenCard[];
      readonly source: EntrySource;
    }
  /** Single prices, in every card of the models; a price that the card has already is only changed with `replace`. */
  | {
      readonly kind: 'rates';
      readonly provider: string;
      readonly models: readonly string[];
      readonly usd: Dollars;
      readonly over?: Dollars;
      readonly replace?: true;
      readonly source: EntrySource;
    }
  /** A price as a multiple of another one of the same card, long context included. */
  | {
      readonly kind: 'derive';
      readonly provider: string;
      readonly models: readonly string[];
      readonly rate: RateKey;
      readonly of: RateKey;
      readonly times: Ratio;
      readonly source: EntrySource;
    }
  /** Factors of tiers and places. */
  | {
      readonly kind: 'factors';
      readonly provider: string;
      readonly models: readonly string[];
      readonly x: Readonly<Record<string, Ratio>>;
      readonly source: EntrySource;
    }
  | { readonly kind: 'free'; readonly provider: string; readonly models: readonly string[]; readonly source: EntrySource }
  | { readonly kind: 'alias'; readonly provider: string; readonly id: string; readonly aliases: readonly string[]; readonly source: EntrySource }
  /** Pieces that are charged once for a call. */
  | { readonly kind: 'once'; readonly provider: string; readonly models: readonly string[]; readonly rates: readonly RateKey[]; readonly source: EntrySource }
  /** Models that a provider sells at another one's list price, without its fees, with factors of its own. */
  | {
      readonly kind: 'borrow';
      readonly provider: string;
      readonly from: string;
      readonly models: readonly string[];
      readonly x: Readonly<Record<string, Ratio>>;
      readonly source: EntrySource;
    }
  /** The provider's page gives one price for all modalities unless it says otherwise. */
  | { readonly kind: 'flat'; readonly provider: string; readonly source: EntrySource }
  /** Sources disagree and it could not be settled. */
  | {
      readonly kind: 'disputed';
      readonly provider: string;
      readonly models: readonly string[];
      readonly rates: readonly RateKey[];
      readonly source: EntrySource;
    }
  /** Sources disagree and this one was found right, so the cross-check stays silent. */
  | {
      readonly kind: 'settled';
      readonly provider: string;
      readonly models: readonly string[];
      readonly rates: readonly RateKey[];
      readonly source: EntrySource;
    };
