import { mkdtempSync, readFileSync, statSync, renameSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reportedCauses, resetDiag } from '../../../src/base/diag.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { ExportPort } from '../../../src/call/export.ts';
import { ConsoleOutput } from '../../../src/exporters/console/console-output.ts';
import { createExporters } from '../../../src/exporters/create-exporters.ts';
import { PLAIN_BATCH, PLAIN_PUSH } from '../../support/plain-export.ts';
import { RecordCleaner } from '../../../src/telemetry/clean-records.ts';
import { attemptOf, chatCall, completed, failed, maskingRedactor, memoryTelemetry } from '../telemetry/samples.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'purser-jsonl-'));
  resetDiag();
});

let exporter: ExportPort | undefined;
afterEach(() => exporter?.shutdown(100));

const toFile = (path: string): ExportPort => {
  exporter = createExporters({
    version: '0',
    resource: {},
    cleaner: new RecordCleaner(maskingRedactor('hunter2')),
    clock: systemClock,
    otlp: {},
    batch: { traces: PLAIN_BATCH, logs: PLAIN_BATCH },
    push: PLAIN_PUSH,
    jsonl: { path },
    console: { traces: false, metrics: false, logs: false, stream: 'stdout' },
  });
  return exporter;
};

const lines = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('JSON lines', () => {
  test('each span and event is one clean line, in a file for its owner alone', async () => {
    const path = join(folder, 'spans.jsonl');
    const { telemetry } = memoryTelemetry({ exporter: toFile(path) });
    const span = telemetry.start(chatCall({ labels: { feature: 'hunter2' } }));
    span.attempt(attemptOf(), Date.now());
    span.end(failed('hunter2\nis wrong'), {});
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(1000);
    const written = lines(path);
    expect(written.map((line) => [line['kind'], line['name'] ?? line['event']]).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      ['log', 'gen_ai.client.operation.exception'],
      ['span', 'chat gpt-5-mini'],
      ['span', 'chat gpt-5-mini'],
    ]);
    expect(written.find((line) => line['status'] === 'error')).toMatchObject({
      error: '[REDACTED]\nis wrong',
      durationMs: 800,
      attributes: { 'purser.feature': '[REDACTED]' },
    });
    expect(readFileSync(path, 'utf8')).not.toContain('hunter2');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(telemetry.health().destinations).toEqual([path]);
  });

  test('what is not written yet when the process ends is written then', () => {
    const path = join(folder, 'spans.jsonl');
    const { telemetry } = memoryTelemetry({ exporter: toFile(path) });
    telemetry.start(chatCall()).end(completed(), {});
    expect(existsSync(path)).toBe(false);
    telemetry.flushAtExit(1000);
    expect(lines(path)).toHaveLength(1);
    telemetry.flushAtExit(1000);
    expect(lines(path)).toHaveLength(1);
  });

  test('a file that was moved away is begun anew', async () => {
    const path = join(folder, 'spans.jsonl');
    const { telemetry } = memoryTelemetry({ exporter: toFile(path) });
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(1000);
    renameSync(path, `${path}.1`);
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(1000);
    expect([lines(path).length, lines(`${path}.1`).length]).toEqual([1, 1]);
  });

  test('a place that cannot be written is reported once and never felt', async () => {
    const path = join(folder, 'taken');
    mkdirSync(path, { recursive: true });
    const { telemetry } = memoryTelemetry({ exporter: toFile(path) });
    telemetry.start(chatCall()).end(completed(), {});
    await telemetry.flush(1000);
    expect([...reportedCauses().keys()]).toEqual(['output_jsonl']);
  });
});

test('the console gets each signal that was asked for, as text', () => {
  const written: string[] = [];
  const { telemetry, exporter: memory } = memoryTelemetry();
  telemetry.start(chatCall()).end(failed(), {});
  const output = new ConsoleOutput({ traces: true, metrics: true, logs: false, stream: 'stdout' }, (text) => written.push(text));
  output.spans(memory.spans);
  output.logs(memory.logs);
  output.metrics(telemetry.metrics.collect());
  const text = written.join('');
  expect(text).toContain("name: 'chat gpt-5-mini'");
  expect(text).toContain("metric: 'purser.calls'");
  expect(text).not.toContain("eventName: 'gen_ai.client.operation.exception'");
});
