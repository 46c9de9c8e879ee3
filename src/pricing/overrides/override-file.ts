import type { CardData, Ratio } from '../table/price-table.ts';

/** What an entry is about. All that is given must fit; `*` stands for anything in `model` and `baseUrl`. */
export interface Matcher {
  readonly provider?: string;
  readonly model?: string;
  readonly baseUrl?: string;
}

/** Under which circumstances a price holds; absent means that it does not matter. */
export interface Conditions {
  /** The canonical tier; the empty string for the standard one. */
  readonly tier?: string;
  readonly batch?: boolean;
  readonly geo?: string;
  readonly speed?: string;
}

/** A price that replaces the table's card. */
export interface PriceEntry {
  readonly match: Matcher;
  readonly when: Conditions;
  readonly card: CardData;
}

/** Says that one name stands for another. */
export interface AliasEntry {
  readonly match: Matcher;
  readonly from: string;
  readonly toProvider: string | undefined;
  readonly toModel: string;
}

/** A factor on everything that fits. */
export interface DiscountEntry {
  readonly match: Matcher;
  readonly ratio: Ratio;
}

/** The content of an override file after it was read. */
export interface OverrideFile {
  readonly prices: readonly PriceEntry[];
  readonly aliases: readonly AliasEntry[];
  readonly discounts: readonly DiscountEntry[];
  readonly free: readonly { readonly match: Matcher }[];
}

/** A file without entries. */
export const EMPTY_OVERRIDES: OverrideFile = { prices: [], aliases: [], discounts: [], free: [] };
