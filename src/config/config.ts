import type { OptionValues } from './options.ts';

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;
type Head<K> = K extends `${infer H}.${string}` ? H : K;
type Under<T, H extends string> = { readonly [K in keyof T as K extends `${H}.${infer Rest}` ? Rest : never]: T[K] };
type Nest<T> = { readonly [H in Head<keyof T> & string as Camel<H>]: H extends keyof T ? T[H] : Nest<Under<T, H>> };

/** The configuration in force: the options by their keys, nested at the dots and in camel case (`config.shutdown.timeoutMs`). */
export type Config = Nest<OptionValues>;

/** The path of an option in `Config`: `shutdown.timeout_ms` is at `['shutdown', 'timeoutMs']`. */
export const configPath = (key: string): readonly string[] =>
  key.split('.').map((part) => part.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
