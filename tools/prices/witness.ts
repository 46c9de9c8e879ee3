/** A second opinion: what another collection of prices said on a day, reduced to the cells that our table has too. */
import { readFileSync } from 'node:fs';
import type { RateKey } from '../../src/pricing/table/price-table.ts';

export interface Witness {
  readonly source: string;
  readonly licence: string;
  /** The day of the collection, as `YYYY-MM-DD`. */
  readonly observed: string;
  /** Pico-dollars for a token, by `provider/model` of our table. */
  readonly cells: Readonly<Record<string, Readonly<Partial<Record<RateKey, number>>>>>;
}

export const readWitness = (name: string): Witness => JSON.parse(readFileSync(new URL(`witness/${name}.json`, import.meta.url), 'utf8')) as Witness;
