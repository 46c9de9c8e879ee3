import type { ExportAttributes, ExportValue, LogRecordData, SpanEventRecord, SpanRecord } from '../call/export.ts';
import type { RedactionPlace, Redactor } from '../call/redactor.ts';
import { attributeEntry } from './catalog/attributes.ts';
import { shortTexts } from './short-texts.ts';

/** Longest sentence of a span's status, in UTF-16 units: providers put whole documents into their errors. */
const STATUS_LENGTH = 500;

/** Longest stack of an error, in UTF-16 units: it begins with the sentence of the error. */
const STACK_LENGTH = 4000;

/** How many names of attributes are remembered. */
const MOST_KEYS = 1000;

/** What is known of the values of one attribute. */
interface KeyRule {
  readonly closed: boolean;
  readonly content: boolean;
  readonly exception: boolean;
  /** Longest string, in UTF-16 units. */
  readonly most: number;
  /** Whether the name comes from outside and may itself hold what must not leave. */
  readonly named: boolean;
  batch: number;
  /** The name to be written, cleaned for the present batch. */
  name: string;
  /** The values of the present batch, cleaned. */
  seen: Map<string, ExportValue>;
}

/** Labels of the owner's: their names are whatever the app chose. */
const TAGS = 'purser.tag.';

/** What a number may be without anybody looking at it. */
const SHORT_NUMBER = 100_000;

/** Cleans what is about to leave; values that were seen in the same batch are not looked at again. */
export class RecordCleaner {
  readonly #redactor: Redactor;
  readonly #valueLength: number;
  readonly #contentLength: number;
  readonly #rules = new Map<string, KeyRule>();
  #batch = 0;

  /**
   * @param valueLength longest string of an attribute in UTF-16 units; content is never cut by it
   * @param contentLength longest text inside captured content
   */
  constructor(redactor: Redactor, valueLength: number = Number.POSITIVE_INFINITY, contentLength: number = Number.POSITIVE_INFINITY) {
    this.#redactor = redactor;
    this.#valueLength = valueLength;
    this.#contentLength = contentLength;
  }

  /** Forgets what was seen: a secret may have been learnt since. To be called before each batch. */
  startBatch(): void {
    this.#batch += 1;
  }

  /** Gives the span without secrets and personal data. */
  span(record: SpanRecord): SpanRecord {
    const name = this.spanName(record.name);
    const traceState = record.traceState === undefined ? undefined : this.#redactor.text(record.traceState, 'trace_state');
    const attributes = this.attributes(record.attributes, 'attribute');
    const events = record.events.map((event) => this.#event(event));
    const error = record.error === undefined ? undefined : this.status(record.error);
    const textsAreClean = name === record.name && traceState === record.traceState && error === record.error;
    const areClean = attributes === record.attributes && events.every((event, index) => event === record.events[index]);
    if (textsAreClean && areClean) return record;
    return { ...record, name, traceState, attributes, events, error };
  }

  /** Gives the log record without secrets and personal data. */
  log(record: LogRecordData): LogRecordData {
    return {
      ...record,
      body: record.body === undefined ? undefined : this.#redactor.text(record.body, 'log_body'),
      attributes: this.attributes(record.attributes, 'log_attribute'),
    };
  }

  /** Whether anything of captured content is left by the owner's mode of redaction. */
  keepsContent(): boolean {
    return this.#redactor.value('-', 'gen_ai.input.messages', 'content') !== undefined;
  }

  /** Gives the name of a span without secrets and personal data. */
  spanName(name: string): string {
    return this.#redactor.text(name, 'span_name');
  }

  /** Gives the sentence of a status without secrets and personal data, cut to a sane length. */
  status(message: string): string {
    return this.#redactor.text(message, 'status').slice(0, STATUS_LENGTH);
  }

  /** Gives attributes without secrets and personal data; the same record where there is nothing to clean. What our own code made from closed sets is passed as it is. */
  attributes(attributes: ExportAttributes, place: RedactionPlace): ExportAttributes {
    let clean: Record<string, ExportValue | undefined> | undefined;
    for (const key in attributes) {
      if (!Object.hasOwn(attributes, key)) continue;
      const value = attributes[key];
      if (value === undefined || typeof value === 'boolean' || (typeof value === 'number' && !(value >= SHORT_NUMBER))) continue;
      const rule = this.#ruleOf(key);
      const cleaned = this.#value(value, key, place, rule);
      if (cleaned === value && rule.name === key) continue;
      clean ??= { ...attributes };
      if (rule.name !== key) delete clean[key];
      clean[rule.name] = cleaned;
    }
    return clean ?? attributes;
  }

  #event(event: SpanEventRecord): SpanEventRecord {
    const name = this.#redactor.text(event.name, 'event');
    const attributes = this.attributes(event.attributes, 'event');
    return name === event.name && attributes === event.attributes ? event : { ...event, name, attributes };
  }

  /** Gives what is known of an attribute; its values are forgotten with each batch, and the names from outside cleaned again. */
  #ruleOf(key: string): KeyRule {
    const rule = this.#rules.get(key) ?? this.#learn(key);
    if (rule.closed || rule.batch === this.#batch) return rule;
    rule.batch = this.#batch;
    rule.seen = new Map();
    if (rule.named) rule.name = this.#cleanName(key);
    return rule;
  }

  #cleanName(key: string): string {
    return `${TAGS}${this.#redactor.text(key.slice(TAGS.length), 'attribute')}`;
  }

  #value(value: ExportValue, key: string, place: RedactionPlace, rule: KeyRule): ExportValue {
    if (rule.closed || value === null) return value;
    // A number leaves in every mode, unless it is what no number should be.
    if (typeof value === 'number') return (this.#redactor.value(value, key, place) as ExportValue | undefined) ?? value;
    // Cut after it was cleaned: half a secret is known to no detector.
    if (rule.content) return shortTexts(this.#redactor.value(value, key, 'content') as ExportValue, this.#contentLength);
    if (typeof value !== 'string') return this.#redactor.value(value, key, place) as ExportValue;
    const known = rule.seen.get(value);
    if (known !== undefined) return known;
    const clean = this.#redactor.value(value, key, rule.exception ? 'exception' : place) as ExportValue;
    const kept = typeof clean === 'string' && clean.length > rule.most ? clean.slice(0, rule.most) : clean;
    rule.seen.set(value, kept);
    return kept;
  }

  #learn(key: string): KeyRule {
    const entry = attributeEntry(key);
    const named = key.startsWith(TAGS);
    const rule = {
      closed: entry?.closed === true,
      content: entry?.content === true,
      exception: key.startsWith('exception.'),
      most: key === 'exception.stacktrace' ? Math.min(STACK_LENGTH, this.#valueLength) : this.#valueLength,
      named,
      name: named ? this.#cleanName(key) : key,
      batch: this.#batch,
      seen: new Map(),
    };
    // Names of tags and of attributes that the app sets come from outside.
    if (this.#rules.size < MOST_KEYS) this.#rules.set(key, rule);
    return rule;
  }
}
