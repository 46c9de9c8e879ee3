import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Backend } from './backend.ts';
import { Collector } from './collector.ts';
import { logsRequest, send, spanId, spansRequest, traceId } from './otlp.ts';
import { type Part, VARIANTS } from './variants.ts';

/** What was sent and acknowledged, by kind. */
interface Sent {
  readonly calls: Set<string>;
  readonly surroundings: Set<string>;
  readonly logs: Set<string>;
}

const BATCH = 20;
const EVERY_MS = 100;
const AROUND_MS = 5_000;
const PATIENCE_MS = 90_000;
const DOWN_MS = 1_500;

/** One process of an app: ten batches a second, each of 20 calls, the request that they served and 5 log records; each sent until acknowledged. */
const load = async (url: string, stop: AbortSignal): Promise<Sent> => {
  const sent: Sent = { calls: new Set(), surroundings: new Set(), logs: new Set() };
  const under: Promise<unknown>[] = [];
  while (!stop.aborted) {
    const trace = traceId();
    const root = spanId();
    const calls = Array.from({ length: BATCH }, () => spanId());
    const request = spansRequest([
      { name: 'POST /chat', traceId: trace, spanId: root, kind: 2 },
      ...calls.map((id) => ({ name: 'chat gpt-5', traceId: trace, spanId: id, parentSpanId: root, attributes: { 'gen_ai.operation.name': 'chat' } })),
    ]);
    const records = Array.from({ length: 5 }, () => spanId());
    const logs = logsRequest(records.map((id) => ({ eventName: 'purser.budget.threshold', body: 'passed', attributes: { 'purser.event.key': id } })));
    under.push(
      send({ url }, 'traces', request).then(() => {
        sent.surroundings.add(root);
        for (const id of calls) sent.calls.add(id);
      }),
      send({ url }, 'logs', logs).then(() => {
        for (const id of records) sent.logs.add(id);
      }),
    );
    await pause(EVERY_MS);
  }
  await Promise.all(under);
  return sent;
};

/** Waits until nothing has come for a while. */
const quiet = async (backend: Backend): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  for (let before = -1, still = 0; Date.now() < end && still < 12; await pause(1000)) {
    still = backend.requests === before ? still + 1 : 0;
    before = backend.requests;
  }
};

const counted = (sent: ReadonlySet<string>, came: readonly string[]): { readonly lost: number; readonly twice: number } => {
  const distinct = new Set(came);
  return { lost: [...sent].filter((id) => !distinct.has(id)).length, twice: came.length - distinct.size };
};

/** The shipped file without its queues on disk: what the same test counts then shows that it can count. */
const withoutQueues = (folder: string): string => {
  const file = join(folder, 'without-queues.yaml');
  writeFileSync(file, readFileSync(VARIANTS.main[0], 'utf8').replaceAll('      storage: file_storage/queue\n', ''));
  return file;
};

type Kind = 'main' | 'keepAll' | 'control';

const configsOf = (kind: Kind, folder: string): readonly string[] => {
  if (kind === 'control') return [withoutQueues(folder)];
  return kind === 'main' ? VARIANTS.main : VARIANTS['keep-all'];
};

const one = async (program: string, kind: Kind, folder: string, outageMs: number): Promise<Record<string, number>> => {
  const backend = await Backend.start();
  const collector = await Collector.start({
    program,
    configs: configsOf(kind, folder),
    env: { ...backend.env, PURSER_SAMPLE_PERCENT: '100', PURSER_DECISION_WAIT: '2s' },
    folder: join(folder, `outage-${kind}`),
  });
  const stop = new AbortController();
  const sending = load(collector.url, stop.signal);
  await pause(AROUND_MS);
  await backend.away();
  await pause(outageMs / 2);
  await collector.kill();
  await pause(DOWN_MS);
  await collector.again();
  await pause(outageMs / 2);
  await backend.back();
  await pause(AROUND_MS);
  stop.abort();
  const sent = await sending;
  await quiet(backend);
  await collector.stop();
  const { spans, logs } = backend;
  const calls = counted(
    sent.calls,
    spans.filter((span) => span.attributes['gen_ai.operation.name'] !== undefined).map((span) => span.spanId),
  );
  const around = counted(
    sent.surroundings,
    spans.filter((span) => span.attributes['gen_ai.operation.name'] === undefined).map((span) => span.spanId),
  );
  const records = counted(
    sent.logs,
    logs.map((log) => String(log.attributes['purser.event.key'])),
  );
  await backend.away();
  return {
    callSpansSent: sent.calls.size,
    callSpansLost: calls.lost,
    callSpansTwice: calls.twice,
    surroundingSpansSent: sent.surroundings.size,
    surroundingSpansLost: around.lost,
    logsSent: sent.logs.size,
    logsLost: records.lost,
    logsTwice: records.twice,
  };
};

const named = (prefix: string, result: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(result).map(([key, value]) => [`${prefix}.${key}`, value]));

/** The back-end is away and, in the middle of it, the Collector is killed: nothing that it acknowledged may be missing at the end. */
export const askOutage = async (program: string, folder: string, seconds: number): Promise<Part> => {
  const ms = seconds * 1000;
  const [main, keepAll, control] = await Promise.all([
    one(program, 'main', folder, ms),
    one(program, 'keepAll', folder, ms),
    one(program, 'control', folder, ms),
  ] as const);
  const against: string[] = [];
  for (const [kind, result] of Object.entries({ main, keepAll })) {
    if ((result['callSpansSent'] ?? 0) < ms / EVERY_MS) against.push(`${kind}: only ${result['callSpansSent']} spans were sent`);
    for (const what of ['callSpansLost', 'logsLost']) if (result[what] !== 0) against.push(`${kind}: ${what} ${result[what]}`);
  }
  if (keepAll['surroundingSpansLost'] !== 0) against.push(`keepAll: ${keepAll['surroundingSpansLost']} surrounding spans lost`);
  if ((control['callSpansLost'] ?? 0) === 0) against.push('without queues on disk nothing was lost either: the test proves nothing');
  return {
    figures: { outageSeconds: seconds, ...named('main', main), ...named('keepAll', keepAll), 'control.callSpansLost': control['callSpansLost'] },
    bars: {
      'main.callSpansLost': 0,
      'main.logsLost': 0,
      'keepAll.callSpansLost': 0,
      'keepAll.surroundingSpansLost': 0,
      'keepAll.logsLost': 0,
      'control.callSpansLost': 'more than 0',
    },
    against,
  };
};
