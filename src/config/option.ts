/** What a value may look like; `structured` is handed to the parser of the station that owns it. */
export type OptionKind = 'boolean' | 'integer' | 'number' | 'duration' | 'string' | 'url' | 'path' | 'enum' | 'list' | 'record' | 'structured';

/** A value with a form of its own, as it was parsed, and a way to point at its lines. */
export interface SourcedValue {
  readonly value: unknown;
  /** The value as it stands in the file, with its references; absent where a variable or code gave it. */
  readonly written?: unknown;
  /** Where a part of the value stands: `purser.config.yaml:12`, or the name of a variable. */
  readonly locate: (path: readonly (string | number)[]) => string | undefined;
}

/** A variable of the environment that sets an option. `read` gives the raw value in it, or `undefined` when it says nothing about this option. */
export interface EnvSource {
  readonly name: string;
  readonly read?: (value: string) => unknown;
}

/** What may be said of an option besides its kind, default and sentence. */
export interface OptionExtras {
  /** The `PURSER_*` name, where it is not made from the key. */
  readonly env?: string;
  /** Variables that are asked before the `PURSER_*` one. */
  readonly before?: readonly (string | EnvSource)[];
  /** Variables that are asked after the `PURSER_*` one, such as the standard `OTEL_*` names. */
  readonly also?: readonly (string | EnvSource)[];
  /** True when the value must never be shown. */
  readonly secret?: true;
  /** True when a change of the file takes effect without a restart. */
  readonly reloadable?: true;
  /** The unit of a number. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** The values of an enum, of the members of a list, or of a record; the schemes of an address. */
  readonly values?: readonly string[];
  /** Other spellings of a value, in lower case. */
  readonly synonyms?: Readonly<Record<string, string>>;
  /** The keys that a record may have; any when absent. */
  readonly keys?: readonly string[];
}

/** One row of the table of options. */
export interface Option<V = unknown> extends OptionExtras {
  readonly kind: OptionKind;
  readonly default: V;
  /** One sentence for CONFIG.md and the JSON Schema. */
  readonly doc: string;
}

const make = <V>(kind: OptionKind, fallback: V, doc: string, extras: OptionExtras = {}): Option<V> => ({ kind, default: fallback, doc, ...extras });

/** A switch. */
export const flag = (fallback: boolean, doc: string, extras?: OptionExtras): Option<boolean> => make('boolean', fallback, doc, extras);

/** A whole number, at least 0 unless said otherwise. */
export const integer = <F extends number | undefined>(
  fallback: F,
  doc: string,
  extras?: OptionExtras,
): Option<F extends undefined ? number | undefined : number> => make<never>('integer', fallback as never, doc, { min: 0, ...extras });

/** A number, at least 0 unless said otherwise. */
export const number = <F extends number | undefined>(
  fallback: F,
  doc: string,
  extras?: OptionExtras,
): Option<F extends undefined ? number | undefined : number> => make<never>('number', fallback as never, doc, { min: 0, ...extras });

/** A length of time in milliseconds; also written `500ms`, `2s`, `1.5h`, `1h30m`, `7d`. */
export const duration = <F extends number | undefined>(
  fallback: F,
  doc: string,
  extras?: OptionExtras,
): Option<F extends undefined ? number | undefined : number> => make<never>('duration', fallback as never, doc, { min: 0, unit: 'ms', ...extras });

/** A text. */
export const text = <F extends string | undefined>(
  fallback: F,
  doc: string,
  extras?: OptionExtras,
): Option<F extends undefined ? string | undefined : string> => make<never>('string', fallback as never, doc, extras);

/** An address with one of the given schemes. */
export const url = <F extends string | undefined>(
  schemes: readonly string[],
  fallback: F,
  doc: string,
  extras?: OptionExtras,
): Option<F extends undefined ? string | undefined : string> => make<never>('url', fallback as never, doc, { ...extras, values: schemes });

/** A file or folder: made absolute, from the folder of the config file or from the working directory. */
export const path = (doc: string, extras?: OptionExtras): Option<string | undefined> => make<string | undefined>('path', undefined, doc, extras);

/** One of a closed set of words. */
export const oneOf = <const V extends string>(values: readonly V[], fallback: NoInfer<V>, doc: string, extras?: OptionExtras): Option<V> =>
  make<V>('enum', fallback, doc, { ...extras, values });

/** One of a closed set of words, or unset. */
export const maybeOneOf = <const V extends string>(values: readonly V[], doc: string, extras?: OptionExtras): Option<V | undefined> =>
  make<V | undefined>('enum', undefined, doc, { ...extras, values });

/** A list of texts. */
export const list = (fallback: readonly string[], doc: string, extras?: OptionExtras): Option<readonly string[]> => make('list', fallback, doc, extras);

/** A list of words of a closed set; `none` is the empty list. */
export const listOf = <const V extends string>(
  values: readonly V[],
  fallback: readonly NoInfer<V>[],
  doc: string,
  extras?: OptionExtras,
): Option<readonly V[]> => make<readonly V[]>('list', fallback, doc, { ...extras, values });

/** Texts by name. */
export const record = (fallback: Readonly<Record<string, string>>, doc: string, extras?: OptionExtras): Option<Readonly<Record<string, string>>> =>
  make('record', fallback, doc, extras);

/** Words of a closed set by names of a closed set. */
export const recordOf = <const K extends string, const V extends string>(
  keys: readonly K[],
  values: readonly V[],
  doc: string,
  extras?: OptionExtras,
): Option<Readonly<Partial<Record<K, V>>>> => make('record', {} as Readonly<Partial<Record<K, V>>>, doc, { ...extras, keys, values });

/** Lists and records with a form of their own, checked by the station that owns them. */
export const structured = (doc: string, extras?: OptionExtras): Option<SourcedValue | undefined> =>
  make<SourcedValue | undefined>('structured', undefined, doc, extras);
