import type { MetricRegistry } from './metric-registry.ts';
import type { Series } from './series.ts';

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

/** The series of all metrics for one set of label values, looked up once and then at hand. */
export class SeriesSet {
  readonly #registry: MetricRegistry;
  readonly #values: Values;
  readonly #series = new Map<string, Series | undefined>();
  readonly #extra = new Map<string, Map<string, Series | undefined>>();
  readonly #attempts = new Map<string, Series | undefined>();

  /** @param values label values, already capped and clean */
  constructor(registry: MetricRegistry, values: Values) {
    this.#registry = registry;
    this.#values = values;
  }

  /** Gives the series of a metric, or `undefined` when no chosen profile has the metric. */
  of(metric: string): Series | undefined {
    const known = this.#series.get(metric);
    if (known !== undefined || this.#series.has(metric)) return known;
    const series = this.#registry.find(metric)?.series(this.#values);
    this.#series.set(metric, series);
    return series;
  }

  /** Gives the series of a metric with one more label; each metric always with the same one. */
  with(metric: string, label: string, value: string): Series | undefined {
    let byValue = this.#extra.get(metric);
    if (byValue === undefined) this.#extra.set(metric, (byValue = new Map()));
    const known = byValue.get(value);
    if (known !== undefined || byValue.has(value)) return known;
    const series = this.#registry.find(metric)?.series({ ...this.#values, [label]: value });
    byValue.set(value, series);
    return series;
  }

  /** Gives the series of HTTP exchanges with that status, 0 for none, and error, empty for none. */
  attempt(status: number, errorType: string): Series | undefined {
    const key = status === 0 ? errorType : `${status} ${errorType}`;
    const known = this.#attempts.get(key);
    if (known !== undefined) return known;
    const values = { ...this.#values, 'http.response.status_code': status || undefined, 'error.type': errorType || undefined };
    const series = this.#registry.find('purser.attempts')?.series(values);
    this.#attempts.set(key, series);
    return series;
  }
}
