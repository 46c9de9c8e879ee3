import { expect, test } from 'vitest';
import { memoryTelemetry } from './samples.ts';

const valueOf = ({ exporter }: ReturnType<typeof memoryTelemetry>, metric: string): number | undefined => exporter.family(metric)?.points[0]?.value;
const gauge = (metric: string, value: number) => ({ metric, value, attributes: {}, origin: undefined });

test('values of a gauge that threads have become one, and go with their thread', () => {
  const memory = memoryTelemetry();
  const { telemetry } = memory;
  const held = (metric: string): readonly (number | undefined)[] => {
    telemetry.meter.set(metric, 5);
    telemetry.take(gauge(metric, 3), 1);
    const together = valueOf(memory, metric);
    telemetry.take(gauge(metric, 9), 2);
    telemetry.meter.set(metric, 6);
    const later = valueOf(memory, metric);
    telemetry.letGo(2);
    return [together, later, valueOf(memory, metric)];
  };
  expect(held('purser.alerts.outbox')).toEqual([8, 18, 9]);
  expect(held('purser.ratelimit.remaining')).toEqual([3, 6, 6]);
});

test('a gauge that is told no more goes, in one thread and in the other', () => {
  const memory = memoryTelemetry();
  const { telemetry } = memory;
  const there = (): readonly (number | undefined)[] => memory.exporter.family('purser.budget.limit')?.points.map(({ value }) => value) ?? [];
  telemetry.meter.set('purser.budget.limit', 5);
  telemetry.meter.set('purser.budget.limit', undefined);
  telemetry.meter.set('purser.budget.limit', undefined);
  expect(there()).toEqual([]);
  telemetry.meter.set('purser.budget.limit', 5);
  telemetry.take(gauge('purser.budget.limit', 9), 1);
  telemetry.take({ ...gauge('purser.budget.limit', 9), value: undefined }, 1);
  expect(there()).toEqual([5]);
  telemetry.meter.set('purser.budget.limit', undefined);
  expect(there()).toEqual([]);
});

test('of a gauge that nobody but ended threads has set nothing is told any more', () => {
  const memory = memoryTelemetry();
  memory.telemetry.take(gauge('purser.budget.committed', 3), 1);
  expect(valueOf(memory, 'purser.budget.committed')).toBe(3);
  memory.telemetry.letGo(1);
  expect(memory.exporter.family('purser.budget.committed')?.points).toEqual([]);
});

test('calls that run in a thread run no more when it has ended, and are known to be lost', () => {
  const memory = memoryTelemetry();
  const { telemetry } = memory;
  const inFlight = (value: number, model: string) => ({
    metric: 'purser.calls.in_flight',
    value,
    attributes: { 'gen_ai.request.model': model },
    origin: undefined,
  });
  for (const measurement of [inFlight(1, 'a'), inFlight(1, 'a'), inFlight(1, 'b'), inFlight(-1, 'b')]) telemetry.take(measurement, 1);
  expect(telemetry.letGo(1)).toBe(2);
  expect(telemetry.letGo(1)).toBe(0);
  expect(memory.exporter.family('purser.calls.in_flight')?.points.map(({ value }) => value)).toEqual([0, 0]);
});

test('what a thread counted is held to the cap of labels, and keeps its exemplar', () => {
  const memory = memoryTelemetry({ labelCap: 1 });
  const origin = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), atMs: 1 };
  for (const tenant of ['one', 'two'])
    memory.telemetry.take({ metric: 'gen_ai.client.inference.duration', value: 1, attributes: { 'gen_ai.request.model': tenant }, origin }, 1);
  const points = memory.exporter.family('gen_ai.client.inference.duration')?.points ?? [];
  expect(points.map(({ attributes }) => attributes['gen_ai.request.model'])).toEqual(['one', 'other']);
  expect([...(points[0]?.exemplars?.values() ?? [])]).toMatchObject([origin]);
});
