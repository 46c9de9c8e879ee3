/** What is wrong with the configuration of a channel. */
export interface ChannelProblem {
  /** `alerts.channels[1].url`. */
  readonly path: string;
  readonly seen: string;
  readonly wanted: string;
}

type Raw = Readonly<Record<string, unknown>>;

/** Whether a value is a plain record. */
export const isRecord = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

const SECRET = /url|secret|key|password|token|header|user/i;
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const show = (name: string, value: unknown): string => {
  if (value === undefined) return 'not set';
  if (SECRET.test(name)) return 'a value that cannot be used';
  return (JSON.stringify(value) ?? typeof value).slice(0, 80);
};

/** Reads the raw settings of one channel, in camelCase or snake_case. Notes what is wrong; never shows a secret. */
export class RawChannel {
  readonly path: string;
  readonly #raw: Raw;
  readonly #problems: ChannelProblem[];
  readonly #asked = new Set<string>();

  constructor(raw: Raw, path: string, problems: ChannelProblem[]) {
    this.#raw = raw;
    this.path = path;
    this.#problems = problems;
  }

  /** Notes a problem. */
  bad(name: string, wanted: string): undefined {
    this.#problems.push({ path: `${this.path}.${snake(name)}`, seen: show(name, this.#get(name)), wanted });
    return undefined;
  }

  /** Gives a text that is not empty, or `undefined` where there is none. */
  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    return typeof value === 'string' && value !== '' ? value : this.bad(name, 'a text');
  }

  /** Gives a text that has to be there. */
  needed(name: string, wanted = 'a text'): string | undefined {
    return this.#get(name) === undefined ? this.bad(name, wanted) : this.text(name);
  }

  /** Gives an address of the web that has to be there. */
  url(name: string, fallback?: string): string | undefined {
    const text = fallback !== undefined && this.#get(name) === undefined ? fallback : this.needed(name, 'an address that begins with https://');
    if (text === undefined) return undefined;
    return /^https?:\/\//.test(text) && URL.canParse(text) ? text : this.bad(name, 'an address that begins with https://');
  }

  /** Gives one of several words. */
  word<T extends string>(name: string, words: readonly T[], fallback: T): T {
    const value = this.#get(name);
    if (value === undefined) return fallback;
    return words.find((word) => word === value) ?? this.bad(name, words.join(', ')) ?? fallback;
  }

  /** Gives a list of texts; one text is a list of one. */
  texts(name: string): readonly string[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const texts = list.filter((item): item is string => typeof item === 'string' && item !== '');
    return texts.length === list.length ? texts : (this.bad(name, 'a list of texts') ?? []);
  }

  /** Gives a record of texts. */
  record(name: string): Readonly<Record<string, string>> {
    const value = this.#get(name);
    if (value === undefined) return {};
    if (!isRecord(value) || Object.values(value).some((item) => typeof item !== 'string')) return this.bad(name, 'a mapping of names and texts') ?? {};
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
  }

  /** Gives a port. */
  port(name: string, fallback: number): number {
    const value = Number(this.#get(name) ?? fallback);
    return Number.isInteger(value) && value > 0 && value < 65_536 ? value : (this.bad(name, 'a port from 1 to 65535') ?? fallback);
  }

  /** Notes a problem for each setting that nobody asked for. */
  unknown(): void {
    for (const name of Object.keys(this.#raw))
      if (!this.#asked.has(name)) this.#problems.push({ path: `${this.path}.${name}`, seen: 'set', wanted: 'no such setting' });
  }

  #get(name: string): unknown {
    this.#asked.add(name).add(snake(name));
    return this.#raw[name] ?? this.#raw[snake(name)] ?? undefined;
  }
}
