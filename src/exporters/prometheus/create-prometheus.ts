import type { ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { fault, guard, notice } from '../../base/diag.ts';
import { once } from '../../base/once.ts';
import type { MetricSource } from '../../call/export.ts';
import { ClusterPage, isClusterWorker, joinCluster, tellLast } from './cluster-page.ts';
import { familyMetric, type FamilyMetric } from './family-metric.ts';
import { openMetricsText } from './open-metrics.ts';
import { PageServer } from './page-server.ts';
import type { MetricsPage, PrometheusEndpoint, PrometheusSettings, PromClientModule } from './prometheus-settings.ts';
import { ScrapeSource } from './scrape-source.ts';

/** What Fastify hands to a handler in place of Node's own response. */
interface FastifyReply {
  readonly raw: ServerResponse;
  hijack(): void;
}

const isReply = (response: unknown): response is FastifyReply => typeof response === 'object' && response !== null && 'hijack' in response && 'raw' in response;

const acceptOf = (request: unknown): string | undefined => {
  const headers = (request as { readonly headers?: Readonly<Record<string, unknown>> }).headers;
  const accept = headers?.['accept'];
  return typeof accept === 'string' ? accept : undefined;
};

/** Puts our metrics into the app's registry, and gives those that are there. */
const register = (client: PromClientModule, source: MetricSource, holdFirst: boolean): readonly FamilyMetric[] => {
  const registered: FamilyMetric[] = [];
  const scrape = new ScrapeSource(source, holdFirst);
  for (const family of scrape.families()) {
    // A name that the app took for itself stays the app's.
    if (client.register.getSingleMetric(family.prometheusName) !== undefined) {
      notice(`prometheus_name:${family.prometheusName}`, `the app has a metric ${family.prometheusName} of its own, which is kept`);
      continue;
    }
    const metric = familyMetric(family, () => scrape.find(family.name), scrape);
    // A registry reads `name` and `get()` only; its type names classes.
    client.register.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0]);
    registered.push(metric);
  }
  return registered;
};

class Endpoint implements PrometheusEndpoint {
  readonly #settings: PrometheusSettings;
  readonly #client: () => PromClientModule;
  #server: PageServer | undefined;
  #connected = false;
  #cluster: ClusterPage | undefined;
  #last: (() => void) | undefined;

  constructor(settings: PrometheusSettings) {
    this.#settings = settings;
    this.#client = once(settings.load);
  }

  readonly handler = (request: unknown, response: unknown): void => {
    if (isReply(response)) response.hijack();
    const raw = isReply(response) ? response.raw : (response as ServerResponse);
    this.page(acceptOf(request)).then(
      ({ contentType, body }) => raw.writeHead(200, { 'content-type': contentType }).end(body),
      (error: unknown) => {
        fault('prometheus_page', error);
        raw.writeHead(500).end();
      },
    );
  };

  connect(source: MetricSource): void {
    try {
      const client = this.#client();
      const own = register(client, source, this.#settings.holdFirst ?? true);
      this.#connected = true;
      const isWorker = isClusterWorker();
      if (isWorker && this.#settings.alone !== true) {
        joinCluster(client);
        this.#last = () => tellLast(own);
        return;
      }
      this.#serve();
      if (!isWorker) this.#cluster = new ClusterPage(client, own, () => this.needed());
    } catch (error) {
      fault('prometheus_connect', error);
    }
  }

  async page(accept?: string): Promise<MetricsPage> {
    if (!this.#connected) throw new Error('the metrics are not connected');
    const client = this.#client();
    if (this.#cluster?.isPrimary === true) return { contentType: client.prometheusContentType, body: await this.#cluster.text() };
    if (accept?.includes('application/openmetrics-text') === true) return { contentType: client.openMetricsContentType, body: await openMetricsText(client) };
    // The app may have set the form of its registry to OpenMetrics.
    const { contentType } = client.register;
    return { contentType, body: await client.register.metrics() };
  }

  ending(): void {
    guard('prometheus_last', () => this.#last?.());
  }

  needed(): void {
    this.#server?.needed();
  }

  async listening(): Promise<number | undefined> {
    return this.#server?.listening();
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  #serve(): void {
    const { port, host = '127.0.0.1', path = '/metrics' } = this.#settings;
    if (port !== undefined) this.#server = new PageServer({ port, host, path, serve: this.handler });
  }
}

/** Offers the metrics to Prometheus through prom-client. Nothing is loaded before `connect`. */
export const createPrometheus = (settings: PrometheusSettings): PrometheusEndpoint => new Endpoint(settings);
