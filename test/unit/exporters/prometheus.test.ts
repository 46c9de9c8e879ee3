import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { resetDiag, setDiagSink } from '../../../src/base/diag.ts';
import { createPrometheus } from '../../../src/exporters/prometheus/create-prometheus.ts';
import type { PrometheusEndpoint, PrometheusSettings, PromClientModule } from '../../../src/exporters/prometheus/prometheus-settings.ts';
import { METRICS } from '../../../src/telemetry/catalog/metrics.ts';
import { prometheusName } from '../../../src/telemetry/catalog/prometheus-name.ts';
import type { Telemetry } from '../../../src/telemetry/telemetry-settings.ts';
import { freePort } from '../../support/free-port.ts';
import { chatCall, completed, memoryTelemetry, type MemoryExporter } from '../telemetry/samples.ts';
import { useFakeTimers, useRealTimers } from '../../support/fake-timers.ts';

const client = createRequire(import.meta.url)('prom-client') as PromClientModule;
const notices: string[] = [];
let endpoint: PrometheusEndpoint | undefined;

beforeEach(() => {
  resetDiag();
  notices.length = 0;
  setDiagSink({ fault: (cause, message) => notices.push(`${cause} ${message}`), notice: (_, message) => notices.push(message) });
  client.register.clear();
});
afterEach(async () => {
  await endpoint?.close();
  endpoint = undefined;
  setDiagSink(undefined);
});

const start = (more: Partial<PrometheusSettings> = {}): { telemetry: Telemetry; exporter: MemoryExporter; prometheus: PrometheusEndpoint } => {
  const { telemetry, exporter } = memoryTelemetry();
  const prometheus = createPrometheus({ load: () => client, ...more });
  prometheus.connect(telemetry.metrics);
  endpoint = prometheus;
  return { telemetry, exporter, prometheus };
};

/** The value of the first series of a metric, by its full name. */
const valueOf = (page: string, name: string): number | undefined => {
  const line = page.split('\n').find((text) => text.startsWith(`${name}{`) || text.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.replace(/ # .*/, '').split(' ').at(-1));
};

const CALLS = 'purser_calls_total';

describe('the page', () => {
  test('a new series is there at 0 first, so that increase() sees its first step, and then at its value', async () => {
    const { telemetry, prometheus } = start();
    telemetry.start(chatCall()).end(completed(), {});
    const first = await prometheus.page();
    const second = await prometheus.page();
    expect([valueOf(first.body, CALLS), valueOf(second.body, CALLS)]).toEqual([0, 1]);
    const bucket = 'gen_ai_client_inference_duration_seconds';
    expect([valueOf(first.body, `${bucket}_count`), valueOf(second.body, `${bucket}_count`)]).toEqual([0, 1]);
    expect(valueOf(second.body, `${bucket}_sum`)).toBe(0.8);
    expect(second.contentType).toContain('text/plain');
  });

  test('buckets are cumulative and end in +Inf', async () => {
    const { telemetry, prometheus } = start({ holdFirst: false });
    telemetry.start(chatCall()).end(completed(), {});
    telemetry.start(chatCall()).end(completed({ durationMs: 5000 }), {});
    const { body } = await prometheus.page();
    const buckets = [...body.matchAll(/^gen_ai_client_inference_duration_seconds_bucket\{le="([^"]+)".*\} (\d+)$/gm)].map(([, le, count]) => [
      le,
      Number(count),
    ]);
    expect(buckets).toHaveLength(29);
    expect(buckets.find(([le]) => le === '0.8')).toEqual(['0.8', 1]);
    expect(buckets.at(-1)).toEqual(['+Inf', 2]);
  });

  test('labels are those of the series, and a quote or a line break in them stays inside', async () => {
    const { telemetry, prometheus } = start({ holdFirst: false });
    telemetry.start(chatCall({ labels: { tenant: 'a"b\\c\nd' } })).end(completed(), {});
    const { body } = await prometheus.page();
    expect(body).toContain('purser_tenant="a\\"b\\\\c\\nd"');
    expect(body).toContain('gen_ai_request_model="gpt-5-mini"');
  });

  test('OpenMetrics carries exemplars with the trace, ends in EOF, and leaves the text page as it was', async () => {
    const { telemetry, exporter, prometheus } = start({ holdFirst: false });
    new client.Counter({ name: 'app_orders_total', help: 'Orders.' }).inc(3);
    telemetry.start(chatCall()).end(completed(), {});
    const open = await prometheus.page('application/openmetrics-text; version=1.0.0');
    const [span] = exporter.spans;
    expect(open.contentType).toContain('openmetrics');
    expect(open.body).toMatch(/# EOF\n$/);
    expect(open.body).toMatch(new RegExp(`_bucket\\{le="0\\.8".* # \\{trace_id="${span?.traceId}",span_id="${span?.spanId}"\\} 0\\.8 \\d+`));
    expect(open.body).toContain('# TYPE purser_calls counter');
    expect(valueOf(open.body, CALLS)).toBe(1);
    const text = await prometheus.page('text/plain');
    expect(text.body).toContain('# TYPE purser_calls_total counter');
    expect(valueOf(text.body, 'app_orders_total')).toBe(3);
  });

  test('every metric of the profile is announced under its Prometheus name', async () => {
    const { prometheus } = start();
    const { body } = await prometheus.page();
    const announced = new Set([...body.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
    const wanted = METRICS.filter((metric) => metric.profiles.includes('latest')).map(prometheusName);
    expect(wanted.filter((name) => !announced.has(name))).toEqual([]);
  });
});

describe('beside the app', () => {
  test('the app’s own registry shows our metrics among its own', async () => {
    new client.Gauge({ name: 'app_users', help: 'Users.' }).set(7);
    const { telemetry } = start({ holdFirst: false });
    telemetry.start(chatCall()).end(completed(), {});
    const body = await client.register.metrics();
    expect(valueOf(body, 'app_users')).toBe(7);
    expect(valueOf(body, CALLS)).toBe(1);
  });

  test('a name that the app took stays the app’s, and that is said', async () => {
    new client.Counter({ name: CALLS, help: 'Not ours.' }).inc(99);
    const { telemetry } = start({ holdFirst: false });
    telemetry.start(chatCall()).end(completed(), {});
    expect(valueOf(await client.register.metrics(), CALLS)).toBe(99);
    expect(notices).toEqual([expect.stringContaining(CALLS)]);
  });

  test('the app may set the form of its registry, and the page says which one it is in', async () => {
    const { telemetry, prometheus } = start({ holdFirst: false });
    telemetry.start(chatCall()).end(completed(), {});
    client.register.setContentType(client.openMetricsContentType as unknown as typeof client.register.contentType);
    try {
      const { contentType, body } = await prometheus.page('text/plain');
      expect(contentType).toBe(client.openMetricsContentType);
      expect(body).toMatch(/# EOF\n$/);
      expect(valueOf(body, CALLS)).toBe(1);
    } finally {
      client.register.setContentType(client.prometheusContentType);
    }
    const { contentType, body } = await prometheus.page();
    expect(contentType).toBe(client.prometheusContentType);
    expect(body).not.toContain('# EOF');
  });

  test('the app may reset its registry without touching our counts', async () => {
    const { telemetry, prometheus } = start({ holdFirst: false });
    telemetry.start(chatCall()).end(completed(), {});
    client.register.resetMetrics();
    expect(valueOf((await prometheus.page()).body, CALLS)).toBe(1);
  });

  test('a module that cannot be loaded is a fault of ours and no more', async () => {
    const { telemetry, prometheus } = start({
      load: () => {
        throw new Error('no prom-client');
      },
    });
    expect(() => telemetry.start(chatCall()).end(completed(), {})).not.toThrow();
    await expect(prometheus.page()).rejects.toThrow('not connected');
    expect(notices).toEqual(['prometheus_connect Error: no prom-client']);
  });
});

describe('the port', () => {
  test('serves the page on its path, and nothing elsewhere', async () => {
    const { telemetry, prometheus } = start({ port: 0, holdFirst: false });
    telemetry.start(chatCall()).end(completed(), {});
    const port = await prometheus.listening();
    const page = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(page.status).toBe(200);
    expect(valueOf(await page.text(), CALLS)).toBe(1);
    expect((await fetch(`http://127.0.0.1:${port}/other`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { accept: 'application/openmetrics-text' } })).headers.get('content-type')).toContain(
      'openmetrics',
    );
  });

  test('that is taken is said in one sentence where models are called, and everything else goes on', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { telemetry, prometheus } = start({ port, holdFirst: false });
    expect(await prometheus.listening()).toBeUndefined();
    expect(notices).toEqual([]);
    prometheus.needed();
    expect(await prometheus.listening()).toBeUndefined();
    expect(notices).toEqual([
      `the metrics cannot be served on 127.0.0.1:${port}: it is taken; choose another one with prometheus.port. The app runs on without them.`,
    ]);
    telemetry.start(chatCall()).end(completed(), {});
    expect(valueOf((await prometheus.page()).body, CALLS)).toBe(1);
    other.close();
  });

  test('is given up to the first process that calls models, and to no other before that one has ended', async () => {
    useFakeTimers({ toFake: ['setInterval'] });
    onTestFinished(useRealTimers);
    // Each process has a registry of its own.
    const process = (port: number) => {
      const own = { ...client, register: new client.Registry() };
      return start({ load: () => own, port, holdFirst: false });
    };
    const port = await freePort();
    const runner = process(port).prometheus;
    expect(await runner.listening()).toBe(port);
    const app = process(port);
    const other = process(port).prometheus;
    expect(await app.prometheus.listening()).toBeUndefined();
    app.prometheus.needed();
    expect(await app.prometheus.listening()).toBe(port);
    expect(await runner.listening()).toBeUndefined();
    other.needed();
    runner.needed();
    expect(await Promise.all([other.listening(), runner.listening()])).toEqual([undefined, undefined]);
    app.telemetry.start(chatCall()).end(completed(), {});
    expect(valueOf(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), CALLS)).toBe(1);
    expect(new Set(notices)).toEqual(new Set([expect.stringContaining('it is taken')]));
    await app.prometheus.close();
    vi.advanceTimersByTime(5000);
    expect((await Promise.all([other.listening(), runner.listening()])).filter((it) => it === port)).toHaveLength(1);
    await Promise.all([runner, other].map((page) => page.close()));
  });
});

test('the handler serves node:http and Express as they are, and Fastify through its reply', async () => {
  const { telemetry, prometheus } = start({ holdFirst: false });
  telemetry.start(chatCall()).end(completed(), {});
  let hijacked = 0;
  const server = createServer((request, response) => {
    if (request.url === '/fastify') prometheus.handler({ headers: request.headers, raw: request }, { raw: response, hijack: () => (hijacked += 1) });
    else prometheus.handler(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const path of ['/metrics', '/fastify']) expect(valueOf(await (await fetch(`http://127.0.0.1:${port}${path}`)).text(), CALLS)).toBe(1);
  expect(hijacked).toBe(1);
  server.closeAllConnections();
  server.close();
});
