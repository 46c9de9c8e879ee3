import type { Call } from '../../call/call.ts';
import type { Labels } from '../../call/labels.ts';
import type { Outcome } from '../../call/outcome.ts';
import type { LabelCap } from './label-cap.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { SeriesSet } from './series-set.ts';

/** How many sets of label values are kept at hand; beyond that they are looked up anew. */
const AT_HAND = 2000;

/** The call that ended last: most are followed by one of the same kind. */
interface Latest {
  readonly call: Call;
  readonly kind: Outcome['kind'];
  readonly model: string | undefined;
  readonly errorType: string | undefined;
  readonly set: SeriesSet;
}

const sameLabels = (a: Labels, b: Labels): boolean =>
  a === b || (a.environment === b.environment && a.service === b.service && a.team === b.team && a.feature === b.feature && a.tenant === b.tenant);

/** Whether a call counts in the same series as the one that ended last; cheaper than the text of a key. */
const isLike = (latest: Latest, call: Call, outcome: Outcome, errorType: string | undefined): boolean => {
  const { call: last } = latest;
  return (
    latest.kind === outcome.kind &&
    latest.model === outcome.response.model &&
    latest.errorType === errorType &&
    last.request.model === call.request.model &&
    last.request.stream === call.request.stream &&
    last.operation === call.operation &&
    last.provider === call.provider &&
    last.serverAddress === call.serverAddress &&
    last.serverPort === call.serverPort &&
    last.source.name === call.source.name &&
    sameLabels(last.labels, call.labels)
  );
};

/** Finds the series of a call by its label values: one look-up for all its metrics. */
export class CallLabels {
  readonly #sets = new Map<string, SeriesSet>();
  readonly #registry: MetricRegistry;
  readonly #cap: LabelCap;
  #latest: Latest | undefined;

  /** @param cap keeps label values few and clean */
  constructor(registry: MetricRegistry, cap: LabelCap) {
    this.#registry = registry;
    this.#cap = cap;
  }

  /** Gives the series of a call that ended. */
  ended(call: Call, outcome: Outcome, errorType: string | undefined): SeriesSet {
    const latest = this.#latest;
    if (latest !== undefined && isLike(latest, call, outcome, errorType)) return latest.set;
    const set = this.#found(call, outcome, errorType);
    this.#latest = { call, kind: outcome.kind, model: outcome.response.model, errorType, set };
    return set;
  }

  #found(call: Call, outcome: Outcome, errorType: string | undefined): SeriesSet {
    const { labels, request } = call;
    const model = outcome.response.model;
    const who = `${labels.environment}\u0000${labels.service}\u0000${labels.team}\u0000${labels.feature}\u0000${labels.tenant}`;
    const what = `${call.operation}\u0000${call.provider}\u0000${request.model}\u0000${model}\u0000${call.serverAddress}\u0000${call.serverPort}`;
    const key = `${what}\u0000${who}\u0000${outcome.kind}\u0000${errorType}\u0000${request.stream}\u0000${call.source.name}`;
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const set = new SeriesSet(this.#registry, {
      ...this.#short(call),
      'gen_ai.operation.name': call.operation,
      'gen_ai.response.model': this.#fit('gen_ai.response.model', model),
      'server.address': this.#fit('server.address', call.serverAddress),
      'server.port': call.serverAddress === undefined ? undefined : call.serverPort,
      'purser.environment': this.#fit('purser.environment', labels.environment),
      'purser.service': this.#fit('purser.service', labels.service),
      'purser.team': this.#fit('purser.team', labels.team),
      'purser.feature': this.#fit('purser.feature', labels.feature),
      'purser.tenant': this.#fit('purser.tenant', labels.tenant),
      'purser.outcome': outcome.kind,
      'error.type': this.#fit('error.type', errorType),
      'purser.stream': request.stream === true ? 'true' : 'false',
      'purser.sdk': call.source.name,
    });
    return this.#keep(key, set);
  }

  /** Gives the series of a call that has begun: what is known of it then. */
  begun(call: Call): SeriesSet {
    const key = `${call.provider}\u0000${call.request.model}`;
    return this.#sets.get(key) ?? this.#keep(key, new SeriesSet(this.#registry, this.#short(call)));
  }

  /** Gives a label value as it is counted. */
  fit(label: string, value: string): string {
    return this.#cap.fit(label, value);
  }

  #short(call: Call): Record<string, string | undefined> {
    return {
      'gen_ai.provider.name': this.#fit('gen_ai.provider.name', call.provider),
      'gen_ai.request.model': this.#fit('gen_ai.request.model', call.request.model),
    };
  }

  #fit(label: string, value: string | undefined): string | undefined {
    return value === undefined ? undefined : this.#cap.fit(label, value);
  }

  #keep(key: string, set: SeriesSet): SeriesSet {
    if (this.#sets.size >= AT_HAND) this.#sets.clear();
    this.#sets.set(key, set);
    return set;
  }
}
