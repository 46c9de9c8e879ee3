import { hasLiteralSecret, isLiteral, isLiteralHeader } from './literal-secret.ts';

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
  readonly #written: Raw;
  readonly #problems: ChannelProblem[];
  readonly #asked = new Set<string>();
  #complete = true;

  /** @param written the settings as they stand in the file, with their references; what it lacks is taken to come from elsewhere */
  constructor(raw: Raw, written: unknown, path: string, problems: ChannelProblem[]) {
    this.#raw = raw;
    this.#written = isRecord(written) ? written : {};
    this.path = path;
    this.#problems = problems;
  }

  /** False once a setting cannot be used: half a channel, such as a webhook without its signature, is none. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Notes a problem. */
  bad(name: string, wanted: string): undefined {
    this.#complete = false;
    // A reference that leads nowhere was told of by whoever followed it.
    if (!this.#isLost(name)) this.#problems.push({ path: `${this.path}.${snake(name)}`, seen: show(name, this.#get(name)), wanted });
    return undefined;
  }

  /** Gives a text that is not empty, or `undefined` where there is none. */
  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    return typeof value === 'string' && value !== '' ? value : this.bad(name, 'a text');
  }

  /** Gives a text that is a secret: not from the file itself. */
  secret(name: string): string | undefined {
    return isLiteral(this.#asWritten(name)) ? this.#refuse(name) : this.text(name);
  }

  /** Gives a secret that has to be there. */
  neededSecret(name: string, wanted: string): string | undefined {
    return isLiteral(this.#asWritten(name)) ? this.#refuse(name) : this.needed(name, wanted);
  }

  /** Gives an address that whoever knows it may post to: not from the file itself. */
  secretUrl(name: string): string | undefined {
    return isLiteral(this.#asWritten(name)) ? this.#refuse(name) : this.url(name);
  }

  /** Gives a text that has to be there. */
  needed(name: string, wanted = 'a text'): string | undefined {
    return this.#get(name) === undefined ? this.bad(name, wanted) : this.text(name);
  }

  /** Gives an address of the web that has to be there. */
  url(name: string, fallback?: string): string | undefined {
    const text = fallback !== undefined && this.#get(name) === undefined ? fallback : this.needed(name, 'an address that begins with https://');
    if (text === undefined) return undefined;
    if (hasLiteralSecret(this.#asWritten(name))) return this.#refuse(name);
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

  /** Gives headers by name: those that are secrets not from the file itself. */
  headers(name: string): Readonly<Record<string, string>> {
    const written = this.#asWritten(name);
    const literal = isRecord(written) ? Object.entries(written).find(([header, value]) => isLiteralHeader(header, value)) : undefined;
    return literal === undefined ? this.record(name) : (this.#refuse(name, literal[0]) ?? {});
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

  #refuse(name: string, member?: string): undefined {
    this.#get(name);
    this.#complete = false;
    const path = `${this.path}.${snake(name)}${member === undefined ? '' : `.${member}`}`;
    const example = (member ?? `${this.#raw['kind'] as string}_${snake(name)}`).toUpperCase().replaceAll(/\W/g, '_');
    this.#problems.push({
      path,
      seen: 'a secret in the file itself',
      wanted: `a reference to a variable or a file: '\${${example}}' or '\${file:/run/secrets/NAME}'`,
    });
    return undefined;
  }

  #isLost(name: string): boolean {
    return this.#asWritten(name) !== undefined && this.#raw[name] === undefined && this.#raw[snake(name)] === undefined;
  }

  #asWritten(name: string): unknown {
    return this.#written[name] ?? this.#written[snake(name)];
  }

  #get(name: string): unknown {
    this.#asked.add(name).add(snake(name));
    if (this.#isLost(name)) this.#complete = false;
    return this.#raw[name] ?? this.#raw[snake(name)] ?? undefined;
  }
}
