import type { Resolution, Unresolved } from './resolve.ts';

/** How many names are remembered; a host that invents names must not fill the memory. */
const MAX_NAMES = 4000;

/** How a name is priced, or why it is not. */
export type Known = Resolution | Unresolved;

/** Remembers how each name is priced. Three small maps are faster than one with a joined key. */
export class KnownNames {
  readonly #byProvider = new Map<string, Map<string, Map<string, Known>>>();
  #size = 0;

  /** Gives what was worked out for a name, or `undefined`. */
  get(provider: string, baseUrl: string, model: string): Known | undefined {
    return this.#byProvider.get(provider)?.get(baseUrl)?.get(model);
  }

  /** Remembers what was worked out for a name. */
  set(provider: string, baseUrl: string, model: string, known: Known): void {
    if (this.#size >= MAX_NAMES) this.clear();
    let byUrl = this.#byProvider.get(provider);
    if (byUrl === undefined) this.#byProvider.set(provider, (byUrl = new Map<string, Map<string, Known>>()));
    let byModel = byUrl.get(baseUrl);
    if (byModel === undefined) byUrl.set(baseUrl, (byModel = new Map<string, Known>()));
    byModel.set(model, known);
    this.#size++;
  }

  /** Forgets everything. */
  clear(): void {
    this.#byProvider.clear();
    this.#size = 0;
  }
}
