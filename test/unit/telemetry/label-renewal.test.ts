import { expect, test } from 'vitest';
import type { Redactor } from '../../../src/call/redactor.ts';
import { createLiveRedactor } from '../../../src/runtime/live-redactor.ts';
import { chatCall, completed, memoryTelemetry, type MemoryExporter } from './samples.ts';

const begun = (redactor: Redactor) => {
  const { telemetry, exporter } = memoryTelemetry({ redactor });
  const start = (tenant: string) => telemetry.start(chatCall({ labels: { tenant } }));
  const call = (tenant: string): void => start(tenant).end(completed(), {});
  return { exporter, telemetry, start, call };
};

const isSent = (exporter: MemoryExporter, text: string): boolean => JSON.stringify(exporter.source?.collect()).includes(text);
const byTenant = (exporter: MemoryExporter, metric: string): readonly (readonly [unknown, number])[] =>
  (exporter.family(metric)?.points ?? []).map(({ attributes, value, histogram }) => [attributes['purser.tenant'], histogram?.count ?? value]);

test('where a rule is added while the process runs, what was counted under a value that it hides is counted under its mark, and nothing is lost', () => {
  const redactor = createLiveRedactor({});
  const { exporter, start, call, telemetry } = begun(redactor);
  call('TICKET-7');
  call('TICKET-8');
  call('shop');
  telemetry.meter.add('purser.policy.decisions', 2, { 'purser.rule': 'TICKET-9' });
  const open = start('TICKET-7');
  expect(isSent(exporter, 'TICKET-')).toBe(true);

  redactor.reload({ patterns: [{ name: 'ticket', pattern: 'TICKET-[0-9]' }] });
  expect(isSent(exporter, 'TICKET-')).toBe(false);
  expect(byTenant(exporter, 'purser.calls')).toEqual([
    ['shop', 1],
    ['[REDACTED:ticket]', 2],
  ]);
  open.end(completed(), {});
  call('TICKET-8');
  call('shop');
  expect(isSent(exporter, 'TICKET-')).toBe(false);
  expect(byTenant(exporter, 'purser.calls')).toEqual([
    ['shop', 2],
    ['[REDACTED:ticket]', 4],
  ]);
  expect(exporter.total('gen_ai.client.inference.duration')).toBe(6);
  expect(exporter.total('purser.policy.decisions')).toBe(2);
  expect(exporter.total('purser.calls.in_flight')).toBe(0);
});

test('a secret that is learnt later is on no metric that is sent from then on', () => {
  const redactor = createLiveRedactor({});
  const { exporter, call } = begun(redactor);
  call('blue-team-gateway-word');
  redactor.learnSecret('blue-team-gateway-word');
  expect(isSent(exporter, 'blue-team-gateway-word')).toBe(false);
  call('blue-team-gateway-word');
  expect(byTenant(exporter, 'purser.calls')).toEqual([['[REDACTED:own-secret]', 2]]);
});

test('of an app that calls with a key for each of its users no more keys are kept than are searched for', () => {
  const kept: string[] = [];
  const redactor = createLiveRedactor({}, (secret) => void kept.push(secret));
  const secrets = Array.from({ length: 600 }, (_, at) => `blue-team-gateway-word-${at}`);
  for (const secret of [...secrets, ...secrets]) redactor.learnSecret(secret);
  expect(kept).toEqual(secrets.slice(0, 512));
  redactor.reload({});
  expect(redactor.text(`with ${secrets[511]}`, 'attribute')).toBe('with [REDACTED:own-secret]');
});

test('histograms are put together, bucket by bucket', () => {
  const redactor = createLiveRedactor({});
  const { telemetry, exporter } = memoryTelemetry({ redactor });
  for (const model of ['M-1', 'M-2']) telemetry.start(chatCall({ request: { model } })).end(completed({ durationMs: model === 'M-1' ? 100 : 9000 }), {});
  const before = (exporter.family('gen_ai.client.inference.duration')?.points ?? []).map(({ histogram }) => [...(histogram?.counts ?? [])]);
  redactor.reload({ patterns: [{ name: 'm', pattern: 'M-[0-9]' }] });
  const [point, ...others] = exporter.family('gen_ai.client.inference.duration')?.points ?? [];
  expect(others).toEqual([]);
  expect(point?.histogram).toMatchObject({ count: 2, sum: 9.1, min: 0.1, max: 9, counts: before[0]?.map((count, at) => count + (before[1]?.[at] ?? 0)) });
});
