import * as api from '@opentelemetry/api';
import { afterEach, describe, expect, test } from 'vitest';
import { resolveApi } from '../../../src/runtime/api.ts';
import { flushHost } from '../../../src/runtime/flush-host.ts';
import { HostProviders } from '../../../src/telemetry/host-providers.ts';

const GLOBAL = Symbol.for('opentelemetry.js.api.1');
const registry = globalThis as unknown as Record<symbol, unknown>;

/** What an older copy than ours leaves in the process, as an operator or a layer brings it along. */
const registerAsOlder = () => {
  const made: string[] = [];
  let flushes = 0;
  const tracer = { startSpan: (name: string) => api.trace.wrapSpanContext({ traceId: name.padEnd(32, '1'), spanId: '1'.repeat(16), traceFlags: 1 }) };
  const provider = { getTracer: (name: string) => (made.push(name), tracer), forceFlush: () => Promise.resolve(void (flushes += 1)) };
  const parent = api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
  const context = { active: () => parent, with: (_: unknown, work: () => unknown) => work() };
  registry[GLOBAL] = { version: '1.8.0', trace: provider, context };
  return { made, flushes: () => flushes };
};

afterEach(() => {
  // As it was: nothing is registered in the process of these tests.
  Reflect.deleteProperty(registry, GLOBAL);
});

describe('the api of the host', () => {
  test('is looked at by ourselves where an older copy registered than the app and we have: its tracer, its context and its flush are found', async () => {
    const view = resolveApi('/nowhere', undefined);
    expect(new HostProviders(view, '1').tracer()).toBeUndefined();
    const host = registerAsOlder();
    expect(api.trace.getActiveSpan(), 'the copy itself finds nothing, so the test can fail').toBeUndefined();
    expect(new HostProviders(view, '1').tracer()).toBeDefined();
    expect(host.made).toEqual(['purser']);
    expect(view.trace.getSpanContext(view.context.active())?.traceId).toBe('a'.repeat(32));
    await flushHost(view, 1000);
    expect(host.flushes()).toBe(1);
    expect(view.logs, 'an api that is older than 1.10 has no logs').toBeUndefined();
  });

  test('is not chosen while only a logger for diagnostics is registered, by which no copy can be told', () => {
    const view = resolveApi('/nowhere', undefined);
    registry[GLOBAL] = { version: '1.8.0', diag: {} };
    expect(view.context.active()).toBe(api.ROOT_CONTEXT);
    expect(new HostProviders(view, '1').tracer()).toBeUndefined();
    registerAsOlder();
    expect(new HostProviders(view, '1').tracer()).toBeDefined();
  });
});
