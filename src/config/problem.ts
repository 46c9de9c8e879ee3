import { errorMessage } from '../call/errors.ts';
import { nearestKey } from './nearest.ts';

/** Something in the configuration that cannot be used; the safe default holds in its place. */
export interface ConfigProblem {
  readonly code: 'config_invalid' | 'config_unreadable';
  /** The option as the user wrote it, or the variable that names the file. */
  readonly key: string;
  /** The value seen; secrets are hidden. */
  readonly seen: string;
  readonly wanted: string;
  readonly file: string | undefined;
  /** Counted from 1, where it is known. */
  readonly line: number | undefined;
  /** The place as it stands in the sentence. */
  readonly where: string;
  /** The valid key that the user probably meant. */
  readonly nearest: string | undefined;
  /** All of it in one sentence. */
  readonly message: string;
}

/** Where a value was read: a variable, or a place in a file. */
export type Place = { readonly kind: 'env'; readonly name: string } | { readonly kind: 'file'; readonly file: string; readonly line: number | undefined };

/** The place as it stands in messages: `PURSER_STRICT`, `purser.config.yaml:3`. */
export const placeText = (place: Place): string => {
  if (place.kind === 'env') return `variable ${place.name}`;
  return place.line === undefined ? place.file : `${place.file}:${place.line}`;
};

interface Wrong {
  readonly place: Place;
  readonly key: string;
  readonly seen: string;
  readonly wanted: string;
  readonly nearest?: string | undefined;
}

/** Makes the problem of a value that is not what was wanted. */
export const wrongValue = ({ place, key, seen, wanted, nearest }: Wrong): ConfigProblem => ({
  code: 'config_invalid',
  key,
  seen,
  wanted,
  file: place.kind === 'file' ? place.file : undefined,
  line: place.kind === 'file' ? place.line : undefined,
  where: placeText(place),
  nearest,
  message: errorMessage('config_invalid', {
    where: placeText(place),
    key,
    seen,
    wanted,
    hint: nearest === undefined ? '' : ` Did you mean ${nearest}?`,
  }),
});

/** Makes the problem of a key that is no option; its value is not shown, it may be anything. */
export const unknownKey = (place: Place, key: string, known: Iterable<string>): ConfigProblem =>
  wrongValue({ place, key, seen: 'not an option', wanted: 'a key of docs/CONFIG.md', nearest: nearestKey(key, known) });

/** Makes the problem of a file that cannot be used at all. */
export const unreadable = (key: string, file: string, reason: string, line?: number): ConfigProblem => ({
  code: 'config_unreadable',
  key,
  seen: reason,
  wanted: 'a readable YAML, JSON or JavaScript file',
  file,
  line,
  where: line === undefined ? file : `${file}:${line}`,
  nearest: undefined,
  message: errorMessage('config_unreadable', { file: line === undefined ? file : `${file}:${line}`, reason: `${reason} (${key})` }),
});
