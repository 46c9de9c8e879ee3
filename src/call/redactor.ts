/** The kinds of field that a value may come from; redaction has a mode for each. */
export const REDACTION_PLACES = [
  'span_name',
  'attribute',
  'event',
  'link',
  'status',
  'exception',
  'log_body',
  'log_attribute',
  'metric_label',
  'resource',
  'trace_state',
  'content',
  'file',
  'diag',
  'label',
] as const;

/** What kind of field a value comes from. */
export type RedactionPlace = (typeof REDACTION_PLACES)[number];

/** Cleans what is about to leave the process. Never throws: on a fault the value is dropped and counted. */
export interface Redactor {
  /** Gives `value` without secrets and personal data; the same string when there was nothing to remove. */
  text(value: string, place: RedactionPlace): string;
  /**
   * Gives a value of any shape (string, number, array, record) with every string in it cleaned, and members dropped or
   * masked whose `key` or own member names say that they hold a secret. The same object when there was nothing to remove.
   */
  value(value: unknown, key: string, place: RedactionPlace): unknown;
  /** Adds a secret of this process, such as a client's key, that is removed wherever and however encoded it appears. */
  learnSecret(secret: string): void;
  /** Grows whenever other rules or secrets hold than before, so that what was cleaned and is kept can be cleaned anew. */
  generation(): number;
  /** The detectors that would fire on `text`, without changing it: for marking prompts that hold keys. */
  find(text: string): readonly { readonly detector: string; readonly start: number; readonly end: number }[];
}
