import type * as Api from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { flushHost } from '../../../src/runtime/flush-host.ts';

const host = (forceFlush: (() => Promise<void>) | undefined, withLogs = true): typeof Api => {
  const provider = { getDelegate: () => ({ forceFlush }) };
  const find = { getTracerProvider: () => provider, getMeterProvider: () => ({}), getLoggerProvider: () => ({ _getDelegate: () => ({ forceFlush }) }) };
  return { trace: find, metrics: find, ...(withLogs ? { logs: find } : {}) } as unknown as typeof Api;
};

describe('the flush of a host', () => {
  test('reaches the providers behind the proxies, with an api that has no logs too', async () => {
    let flushes = 0;
    const count = (): Promise<void> => Promise.resolve(void (flushes += 1));
    await flushHost(host(count), 1000);
    expect(flushes).toBe(2);
    await flushHost(host(count, false), 1000);
    expect(flushes).toBe(3);
  });

  test('ends in time where the host does not, and never rejects', async () => {
    const began = performance.now();
    await flushHost(
      host(() => new Promise(() => undefined)),
      20,
    );
    await flushHost(
      host(() => Promise.reject(new Error('no'))),
      20,
    );
    await flushHost(host(undefined), 20);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
