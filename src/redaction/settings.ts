import type { Clock } from '../base/clock.ts';
import type { Meter } from '../call/event.ts';
import type { RedactionPlace } from '../call/redactor.ts';

/**
 * What is done with a class of fields: `off` leaves it as it is, `redact` puts a typed mark where a secret stood, `hash` puts a
 * keyed digest there, `drop` removes the whole value. `metadata-only` removes message content and redacts everything else.
 */
export type RedactionMode = 'off' | 'metadata-only' | 'redact' | 'hash' | 'drop';

/** A secret of this process; its name is shown by `--explain`, its value is removed wherever it appears. */
export interface OwnSecret {
  readonly name: string;
  readonly value: string;
}

/** A pattern of the user's own, as the source of a JavaScript regular expression. */
export interface UserPattern {
  readonly name: string;
  readonly pattern: string;
  /** Only `i`, `m`, `s`, `u` and `v`. */
  readonly flags?: string;
}

/** A stretch of a text that must not leave, in UTF-16 units; `end` is behind its last unit. */
export interface Finding {
  readonly detector: string;
  readonly start: number;
  readonly end: number;
}

/** Finds what the built-in detectors cannot know; called with each text that is scanned, never with one that is cached as clean. */
export type UserFinder = (text: string) => readonly Finding[];

/** How a redactor works. Everything may be left out. */
export interface RedactionSettings {
  /** The mode of each class of field. @default `redact`, and `metadata-only` for `content` */
  readonly modes?: Readonly<Partial<Record<RedactionPlace, RedactionMode>>>;
  /** Secrets of this process, removed wherever and however encoded they appear. Values under 8 characters are not used. */
  readonly secrets?: readonly (string | OwnSecret)[];
  /** Detectors by name that are on or off against the table's default. */
  readonly detectors?: { readonly on?: readonly string[]; readonly off?: readonly string[] };
  readonly patterns?: readonly UserPattern[];
  readonly finder?: UserFinder;
  /** The key of the digests in `hash` mode, the same in all processes that should agree. @default random for this process */
  readonly hmacKey?: string;
  /** Characters of one value that are kept; the rest is cut off, in JSON without breaking it. @default 262144 */
  readonly maxChars?: number;
  /** Time for one value in milliseconds, then it is dropped. @default 50 */
  readonly budgetMs?: number;
  /** Findings in one value, then it is dropped. @default 2000 */
  readonly maxFindings?: number;
  /** Counts redactions and failures. */
  readonly meter?: Meter;
  readonly clock?: Clock;
}
