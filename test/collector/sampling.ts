import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Backend } from './backend.ts';
import { Collector } from './collector.ts';
import { send, type SpanSketch, spanId, spansRequest, traceId, type Value } from './otlp.ts';
import { type Part, VARIANTS } from './variants.ts';

/** One trace: a request, the call that it makes, and a query. */
const trace = (kind: string, call: Readonly<Record<string, Value>>, more: Partial<SpanSketch> = {}): SpanSketch[] => {
  const id = traceId();
  const root = spanId();
  return [
    { name: 'POST /chat', traceId: id, spanId: root, kind: 2, durationMs: more.durationMs ?? 20, attributes: { kind } },
    {
      name: 'chat gpt-5',
      traceId: id,
      parentSpanId: root,
      attributes: { kind, 'gen_ai.operation.name': 'chat', 'purser.outcome': 'completed', 'gen_ai.usage.cost.amount': 0.001, ...call },
      ...more,
    },
    { name: 'SELECT', traceId: id, parentSpanId: root, attributes: { kind } },
  ];
};

const KINDS: Readonly<Record<string, { readonly count: number; readonly make: (kind: string) => SpanSketch[] }>> = {
  ordinary: { count: 500, make: (kind) => trace(kind, {}) },
  failed: { count: 25, make: (kind) => trace(kind, { 'purser.outcome': 'failed' }, { status: { code: 2 } }) },
  slow: { count: 25, make: (kind) => trace(kind, {}, { durationMs: 25_000 }) },
  expensive: { count: 25, make: (kind) => trace(kind, { 'gen_ai.usage.cost.amount': 0.4 }) },
  expensiveInWhole: { count: 25, make: (kind) => trace(kind, { 'gen_ai.usage.cost.amount': 2 }) },
  refused: { count: 25, make: (kind) => trace(kind, { 'purser.outcome': 'blocked' }) },
};

/** Every call is stored; around the calls that failed, were slow, expensive or refused, whole traces stay, and a fifth of the ordinary ones. */
export const askSampling = async (program: string, folder: string): Promise<Part> => {
  const backend = await Backend.start();
  const collector = await Collector.start({
    program,
    configs: VARIANTS.main,
    env: { ...backend.env, PURSER_DECISION_WAIT: '3s' },
    folder: join(folder, 'sampling'),
  });
  const target = { url: collector.url };
  for (const [kind, { count, make }] of Object.entries(KINDS)) {
    for (let sent = 0; sent < count; sent += 25)
      await send(target, 'traces', spansRequest(Array.from({ length: Math.min(25, count - sent) }, () => make(kind)).flat()));
  }
  await pause(8_000);
  await collector.stop();
  const spans = backend.spans;
  await backend.away();
  const figures: Record<string, number> = {};
  const against: string[] = [];
  let callsMissing = 0;
  for (const [kind, { count }] of Object.entries(KINDS)) {
    const mine = spans.filter((span) => span.attributes['kind'] === kind);
    callsMissing += count - mine.filter((span) => span.name === 'chat gpt-5').length;
    const around = mine.filter((span) => span.name !== 'chat gpt-5').length;
    const share = around / (2 * count);
    figures[`kept.${kind}`] = share;
    if (kind !== 'ordinary' && share !== 1) against.push(`of ${kind} traces ${share} of the surroundings were kept`);
    // 500 draws at 0.2 have a standard deviation of 0.018: five of them.
    if (kind === 'ordinary' && Math.abs(share - 0.2) > 0.09) against.push(`of ordinary traces ${share} were kept, wanted a fifth`);
  }
  if (callsMissing !== 0) against.push(`${callsMissing} calls are missing`);
  return { figures: { ...figures, callsMissing }, bars: { callsMissing: 0, keptOfFailedSlowExpensiveRefused: 1, 'kept.ordinary': '0.2 ± 0.09' }, against };
};
