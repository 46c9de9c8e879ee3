import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { fault, guard, notice } from '../../base/diag.ts';
import { once } from '../../base/once.ts';
import type { MetricSource } from '../../call/export.ts';
import { ClusterPage, isClusterWorker, joinCluster, tellLast } from './cluster-page.ts';
import { familyMetric, type FamilyMetric } from './family-metric.ts';
import { openMetricsText } from './open-metrics.ts';
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
  #server: Server | undefined;
  #listening: Promise<number | undefined> = Promise.resolve(undefined);
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
      if (!isWorker) this.#cluster = new ClusterPage(client, own);
      if (this.#settings.port !== undefined) this.#listening = this.#listen(this.#settings.port);
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

  listening(): Promise<number | undefined> {
    return this.#listening;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  }

  #listen(port: number): Promise<number | undefined> {
    const { createServer } = process.getBuiltinModule('node:http');
    const host = this.#settings.host ?? '127.0.0.1';
    const server = createServer((request, response) => this.#answer(request, response));
    this.#server = server;
    // The page is for whoever asks while the app runs; it is no reason for the app to go on running.
    server.unref();
    server.on('connection', (socket) => socket.unref());
    return new Promise((resolve) => {
      server.on('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'it is taken; choose another one with prometheus.port' : (error.code ?? error.message);
        notice('prometheus_port', `the metrics cannot be served on ${host}:${port}: ${why}. The app runs on without them.`);
        resolve(undefined);
      });
      server.listen(port, host, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').split('?')[0];
    if (path !== (this.#settings.path ?? '/metrics')) response.writeHead(404).end();
    else if (request.method === 'GET' || request.method === 'HEAD') this.handler(request, response);
    else response.writeHead(405, { allow: 'GET, HEAD' }).end();
  }
}

/** Offers the metrics to Prometheus through prom-client. Nothing is loaded before `connect`. */
export const createPrometheus = (settings: PrometheusSettings): PrometheusEndpoint => new Endpoint(settings);
