/**
 * What the tap on the wire adds: to a `fetch` to another host (the look alone, in this process and without a network), to each chunk of a stream,
 * and to a whole call of a client that no hook sees. Bare and tapped alternate; the smallest of many rounds counts where nothing waits.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { resolve } from 'node:path';
import { tapHttp, type HttpModule } from '../../src/wire/http/hook.ts';
import { wrapFetch } from '../../src/wire/fetch/hook.ts';
import type { Fetch } from '../../src/wire/wire-calls.ts';
import { watchWire } from '../unit/wire/watch-wire.ts';
import { reportBench } from '../support/report.ts';
import { startLocalProviderProcess, startOtlpSink } from '../support/server-process.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 40);
const least = (values: readonly number[]): number => Math.min(...values);
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const round = (value: number, digits = 2): number => Math.round(value * 10 ** digits) / 10 ** digits;

const figures: Record<string, number> = {};

// The look: what stands behind fetch does nothing here, so only what the tap does is measured.
const done = Promise.resolve(new Response(''));
const original = (() => done) as Fetch;
const tapped = wrapFetch(original, () => undefined);
const OTHERS: readonly (readonly [string | URL, RequestInit | undefined])[] = [
  ['https://api.example.com/v2/orders/4711/items?limit=20', undefined],
  ['https://service.internal.example.org:8443/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }],
  [new URL('http://127.0.0.1:3000/health'), { headers: { accept: '*/*' } }],
  ['https://s3.eu-west-1.amazonaws.com/bucket/a/long/key/with/many/segments/file.parquet', { method: 'PUT', body: 'x' }],
];
const perLook = (send: Fetch): number => {
  const count = 20_000;
  const startedMs = performance.now();
  for (let at = 0; at < count; at++) for (const [input, init] of OTHERS) void send(input, init);
  return ((performance.now() - startedMs) * 1000) / (count * OTHERS.length);
};
const looks: number[] = [];
const bareLooks: number[] = [];
for (let at = 0; at < ROUNDS; at++) {
  bareLooks.push(perLook(original));
  looks.push(perLook(tapped));
}
figures['other_host_us'] = round(least(looks) - least(bareLooks), 3);
figures['other_host_median_us'] = round(median(looks) - median(bareLooks), 3);

const fake = { request: () => undefined, get: () => undefined };
const httpModule = { ...fake } as unknown as HttpModule;
const bareHttp = httpModule.request;
tapHttp(httpModule, 'http:', () => undefined);
const options = { hostname: 'service.internal.example.org', port: 8080, path: '/v2/orders/4711', method: 'GET', headers: { accept: '*/*' } };
const perHttp = (send: HttpModule['request']): number => {
  const count = 50_000;
  const startedMs = performance.now();
  for (let at = 0; at < count; at++) send(options);
  return ((performance.now() - startedMs) * 1000) / count;
};
const https_: number[] = [];
const bareHttps: number[] = [];
for (let at = 0; at < ROUNDS; at++) {
  bareHttps.push(perHttp(bareHttp));
  https_.push(perHttp(httpModule.request));
}
figures['other_host_http_us'] = round(least(https_) - least(bareHttps), 3);

// A chunk: a stream of 500 chunks that is there at once, read by its reader, bare and tapped.
const CHUNKS = 500;
const delta = (at: number): string =>
  `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5.4","choices":[{"index":0,"delta":{"content":" word${at}"},"finish_reason":null}]}\n\n`;
const encoder = new TextEncoder();
const pieces = [
  ...Array.from({ length: CHUNKS }, (_, at) => encoder.encode(delta(at))),
  encoder.encode('data: {"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":500}}\n\ndata: [DONE]\n\n'),
];
const streamed = (async () => {
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces[at++];
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}) as Fetch;
const wire = watchWire({ original: streamed });
const init = { method: 'POST', body: '{"model":"gpt-5.4","stream":true,"messages":[{"role":"user","content":"hello"}]}' };
const perStream = async (send: Fetch): Promise<number> => {
  const count = 40;
  let elapsed = 0;
  for (let call = 0; call < count; call++) {
    const response = await send('https://api.openai.com/v1/chat/completions', init);
    const startedMs = performance.now();
    const reader = response.body?.getReader();
    for (;;) {
      const result = await reader?.read();
      if (result?.done !== false) break;
    }
    elapsed += performance.now() - startedMs;
  }
  wire.seen.length = 0;
  return (elapsed * 1000) / (count * CHUNKS);
};
const chunks: number[] = [];
const bareChunks: number[] = [];
for (let at = 0; at < ROUNDS; at++) {
  bareChunks.push(await perStream(streamed));
  chunks.push(await perStream(wire.fetch));
}
figures['chunk_us'] = round(least(chunks) - least(bareChunks), 3);
figures['chunk_median_us'] = round(median(chunks) - median(bareChunks), 3);

// A plain call and a stream over a real socket, with the whole preload: raw fetch, which no hook sees.
const provider = await startLocalProviderProcess();
const sink = await startOtlpSink();
const start = async (flags: readonly string[]): Promise<ChildProcess> => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = fork('test/bench/apps/wire.mjs', [provider.url], {
    execArgv: [...flags],
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_SERVICE_NAME: 'bench' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
};
const ask = async (child: ChildProcess, message: Record<string, unknown>): Promise<{ medianMs: number; cpuUs: number }> => {
  child.send(message);
  const [answer] = (await once(child, 'message')) as [{ medianMs: number; cpuUs: number }];
  return answer;
};
const bare = await start([]);
const loaded = await start(['--import', resolve('dist/register.js')]);
for (const child of [bare, loaded]) for (const kind of ['plain', 'stream', 'http', 'other']) await ask(child, { kind, count: kind === 'stream' ? 100 : 800 });
for (const [kind, count] of [
  ['plain', 300],
  ['http', 300],
  ['stream', 30],
  ['other', 300],
] as const) {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let at = 0; at < Math.min(ROUNDS, 15); at++) {
    const without = await ask(bare, { kind, count });
    const withIt = await ask(loaded, { kind, count });
    wall.push((withIt.medianMs - without.medianMs) * 1000);
    cpu.push(withIt.cpuUs - without.cpuUs);
  }
  figures[`${kind}_wall_us`] = round(median(wall), 1);
  figures[`${kind}_cpu_us`] = round(median(cpu), 1);
}
bare.kill();
loaded.kill();
await provider.close();
await sink.close();
// What a whole call costs is the stations' affair, and has its bars in the bench of calls by an SDK; it is shown here to be compared with that.
const bars = { other_host_us: 2, other_host_http_us: 2, chunk_us: 1 };
reportBench(
  'wire',
  figures,
  bars,
  Object.entries(bars).every(([name, bar]) => (figures[name] ?? Infinity) <= bar),
);
