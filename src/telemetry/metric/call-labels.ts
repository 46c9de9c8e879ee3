import type { Call } from '../../call/call.ts';
import type { Outcome } from '../../call/outcome.ts';
import type { LabelCap } from './label-cap.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { SeriesSet } from './series-set.ts';

/** How many sets of label values are kept at hand; beyond that they are looked up anew. */
const AT_HAND = 2000;

/** What tells the series of ended calls apart. */
type Identity = readonly (string | number | boolean | undefined)[];

const identityOf = (call: Call, outcome: Outcome, errorType: string | undefined): Identity => {
  const { labels, request } = call;
  return [
    call.operation,
    call.provider,
    request.model,
    outcome.response.model,
    call.serverAddress,
    call.serverPort,
    labels.environment,
    labels.service,
    labels.team,
    labels.feature,
    labels.tenant,
    outcome.kind,
    errorType,
    request.stream,
    call.source.name,
  ];
};

/** Finds the series of a call by its label values: one look-up for all its metrics. */
export class CallLabels {
  readonly #sets = new Map<string, SeriesSet>();
  readonly #registry: MetricRegistry;
  readonly #cap: LabelCap;
  /** Of the call that ended last: most are followed by one of the same kind, and comparing is cheaper than the text of a key. */
  #latest: { readonly identity: Identity; readonly set: SeriesSet } | undefined;

  /** @param cap keeps label values few and clean */
  constructor(registry: MetricRegistry, cap: LabelCap) {
    this.#registry = registry;
    this.#cap = cap;
  }

  /** Gives the series of a call that ended. */
  ended(call: Call, outcome: Outcome, errorType: string | undefined): SeriesSet {
    const identity = identityOf(call, outcome, errorType);
    const latest = this.#latest;
    if (latest?.identity.every((part, index) => part === identity[index]) === true) return latest.set;
    const key = identity.map(String).join('\u0000');
    const set = this.#sets.get(key) ?? this.#keep(key, this.#endedSet(call, outcome, errorType));
    this.#latest = { identity, set };
    return set;
  }

  #endedSet(call: Call, outcome: Outcome, errorType: string | undefined): SeriesSet {
    const { labels, request } = call;
    return new SeriesSet(this.#registry, {
      ...this.#short(call),
      'gen_ai.operation.name': call.operation,
      'gen_ai.response.model': this.#fit('gen_ai.response.model', outcome.response.model),
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
  }

  /** Gives the series of a call that has begun: what is known of it then. */
  begun(call: Call): SeriesSet {
    const key = `${call.provider}\u0000${call.request.model}`;
    return this.#sets.get(key) ?? this.#keep(key, new SeriesSet(this.#registry, this.#short(call)));
  }

  /** Looks all series up anew. */
  forget(): void {
    this.#sets.clear();
    this.#latest = undefined;
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
