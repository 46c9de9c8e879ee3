import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, test } from 'vitest';
import { guardTrace } from '../../../src/runtime/trace-guard.ts';

const CHANNEL = 'undici:request:create';
const trace = [
  'traceparent',
  '00-1',
  'Tracestate',
  'a=b',
  'baggage',
  'c=d',
  'sentry-trace',
  '1',
  'x-datadog-trace-id',
  '2',
  'b3',
  '3',
  'X-Amzn-Trace-Id',
  '4',
  'newrelic',
  '5',
];

const send = (): string[] => {
  const headers = ['accept', '*/*', ...trace, 'authorization', 'Bearer baggage'];
  channel(CHANNEL).publish({ request: { headers } });
  return headers;
};

const late = (message: unknown): void => void (message as { request: { headers: string[] } }).request.headers.push('traceparent', '00-2');

describe('trace headers', () => {
  test('are taken off inside a call only, with nothing else', () => {
    let inCall = true;
    const guard = guardTrace(() => inCall);
    guard.renew();
    expect(send()).toEqual(['accept', '*/*', 'authorization', 'Bearer baggage']);
    inCall = false;
    expect(send()).toHaveLength(20);
    guard.stop();
    inCall = true;
    expect(send()).toHaveLength(20);
  });

  test('are taken off whoever wrote them, also one who began to listen later', () => {
    const guard = guardTrace(() => true);
    guard.renew();
    subscribe(CHANNEL, late);
    expect(send()).toContain('traceparent');
    guard.renew();
    expect(send()).not.toContain('traceparent');
    guard.stop();
    unsubscribe(CHANNEL, late);
  });
});
