import type { Call } from '../call/call.ts';
import type { Labels } from '../call/labels.ts';
import type { Outcome } from '../call/outcome.ts';
import { picoToNano } from '../call/units.ts';
import { BUCKETS, type UsageBuckets } from '../call/usage.ts';

const LABELS = ['service', 'environment', 'team', 'feature', 'tenant', 'promptName', 'promptVersion'] as const;
const MOST_TEXTS = 16_384;
const MOST_CONTEXTS = 16_384;
const LONGEST_TEXT = 256;

const reasonOf = (outcome: Outcome): string | undefined => {
  switch (outcome.kind) {
    case 'failed':
      return outcome.failure.type;
    case 'blocked':
      return outcome.refusal.code;
    case 'abandoned':
      return outcome.reason;
    case 'completed':
    case 'cancelled':
      return undefined;
  }
};

const usageText = (buckets: UsageBuckets): string => {
  let text = '';
  for (const name of BUCKETS) if (buckets[name] !== 0) text += `${text === '' ? '' : ','}"${name}":${buckets[name]}`;
  return text === '' ? '' : `,"usage":{${text}}`;
};

const priceOf = ({ cost }: Outcome): string | undefined => {
  if (cost?.kind !== 'priced') return undefined;
  return cost.source === 'provider' ? 'provider' : cost.tableVersion;
};

const costText = ({ cost }: Outcome): string => {
  if (cost === undefined) return '';
  return cost.kind === 'priced' ? `,"nano":${picoToNano(cost.amount)}` : `,"unpriced":"${cost.reason}"`;
};

// A key for looking up and nothing else; the separator is in no name.
const contextKey = ({ operation, provider, request, keyFingerprint, labels }: Call, served: string | undefined, price: string | undefined): string => {
  const { service, environment, team, feature, tenant, promptName, promptVersion, tags } = labels;
  const key = `${operation}\u0000${provider}\u0000${request.model}\u0000${served}\u0000${price}\u0000${keyFingerprint}\u0000${service}\u0000${environment}\u0000${team}\u0000${feature}\u0000${tenant}\u0000${promptName}\u0000${promptVersion}`;
  return tags === undefined ? key : key + JSON.stringify(tags);
};

/** Writes calls as lines of the ledger. Put together by hand: this is on the way of every call. */
export class RecordEncoder {
  readonly #clean: (text: string) => string;
  readonly #texts = new Map<string, string>();
  /** The numbers of the contexts that stand in the file. */
  readonly #contexts = new Map<string, number>();
  #next = 1;

  /** @param clean takes secrets and personal data out of a label or name; asked once for each text in a while */
  constructor(clean: (text: string) => string) {
    this.#clean = clean;
  }

  /** Forgets which contexts were written: the next lines stand by themselves. */
  reset(): void {
    this.#contexts.clear();
  }

  /** Gives the line of a settled call with its line break, after the line of its context where that was not written yet. */
  lines(call: Call, outcome: Outcome): string {
    const served = outcome.response.model;
    const price = priceOf(outcome);
    const key = contextKey(call, served, price);
    const known = this.#contexts.get(key);
    if (known !== undefined) return this.#record(call, outcome, known);
    if (this.#contexts.size >= MOST_CONTEXTS) this.reset();
    const number = this.#next++;
    this.#contexts.set(key, number);
    return this.#context(call, served, price, number) + this.#record(call, outcome, number);
  }

  #record({ startedAt, id, labels }: Call, outcome: Outcome, context: number): string {
    const { kind, durationMs, usage, attempts } = outcome;
    let text = `{"t":${startedAt},"ms":${Math.round(durationMs)},"id":"${id}","in":${context},"outcome":"${kind}"${costText(outcome)}`;
    if (usage !== undefined) text += usageText(usage.buckets);
    if (kind !== 'completed') text += this.#field('error', reasonOf(outcome));
    if (kind === 'blocked') text += this.#field('rule', outcome.refusal.rule);
    if (attempts.length > 1) text += `,"attempts":${attempts.length}`;
    return `${text}${this.#field('user', labels.user)}}\n`;
  }

  #context({ operation, provider, request, keyFingerprint, labels }: Call, served: string | undefined, price: string | undefined, number: number): string {
    const model = request.model ?? served;
    const text = `{"k":${number},"op":"${operation}"${this.#field('provider', provider)}${this.#field('model', model)}`;
    const more =
      (served === model ? '' : this.#field('served', served)) +
      this.#field('price', price) +
      (keyFingerprint === undefined ? '' : `,"key":"${keyFingerprint}"`);
    return `${text}${more}${this.#labels(labels)}${labels.tags === undefined ? '' : this.#tags(labels.tags)}}\n`;
  }

  #labels(labels: Labels): string {
    let own = '';
    for (const name of LABELS) own += this.#field(name, labels[name]);
    return own === '' ? '' : `,"labels":{${own.slice(1)}}`;
  }

  #tags(tags: Readonly<Record<string, string>>): string {
    let own = '';
    for (const [name, value] of Object.entries(tags)) own += `,${this.#text(name)}:${this.#text(value)}`;
    return own === '' ? '' : `,"tags":{${own.slice(1)}}`;
  }

  #field(name: string, value: string | undefined): string {
    return value === undefined || value === '' ? '' : `,"${name}":${this.#text(value)}`;
  }

  #text(value: string): string {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    // Values come from the app and are texts only by promise.
    const given: unknown = value;
    const made = JSON.stringify(this.#clean(String(given).toWellFormed()).slice(0, LONGEST_TEXT));
    // To begin anew is cheaper than to know which text was used longest ago.
    if (this.#texts.size >= MOST_TEXTS) this.#texts.clear();
    if (value.length <= LONGEST_TEXT) this.#texts.set(value, made);
    return made;
  }
}
