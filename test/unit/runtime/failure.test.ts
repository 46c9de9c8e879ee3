import { expect, test } from 'vitest';
import { failureOf, isAbort } from '../../../src/runtime/failure.ts';

const unreadable = (): object => new Proxy(new Error('x'), { get: () => expect.fail('read') });

class APIConnectionError extends Error {}
const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });

test.each([
  ['a status', Object.assign(new Error('429 slow down'), { status: 429 }), '429'],
  ['a code', refused, 'ECONNREFUSED'],
  ['a code behind it', new TypeError('fetch failed', { cause: new Error('x', { cause: refused }) }), 'ECONNREFUSED'],
  ['a class', new APIConnectionError('Connection error.'), 'APIConnectionError'],
  ['a name of its own', Object.assign(new Error('x'), { name: 'GatewayError' }), 'GatewayError'],
  ["the platform's name for a time that ran out", new DOMException('The operation was aborted due to timeout', 'TimeoutError'), 'TimeoutError'],
  ['nothing but a sentence', new Error('it broke'), '_OTHER'],
  ['a text', 'it broke', '_OTHER'],
  ['nothing', undefined, '_OTHER'],
  ['an error without a prototype', Object.assign(Object.create(null) as object, { name: 'Bare', message: 'x' }), 'Bare'],
])('an error is told by %s', (_, error, type) => {
  expect(failureOf(error).type).toBe(type);
  expect(isAbort(error)).toBe(false);
});

test('a time that ran out is no abort of the app, also where an abort has it for its reason', () => {
  const late = Object.assign(new Error('The operation was aborted', { cause: new DOMException('late', 'TimeoutError') }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  });
  expect(isAbort(late)).toBe(false);
  expect(failureOf(late).type).toBe('TimeoutError');
});

test('what the app called off is told apart from what failed', () => {
  expect(isAbort(new DOMException('This operation was aborted', 'AbortError'))).toBe(true);
  expect(isAbort(AbortSignal.abort().reason)).toBe(true);
  expect(isAbort(Object.assign(new Error('canceled'), { name: 'CanceledError', code: 'ERR_CANCELED' }))).toBe(true);
});

test('what throws when it is looked at has failed all the same, for no reason that is known', () => {
  expect(isAbort(unreadable())).toBe(false);
  expect(failureOf(unreadable())).toEqual({ type: '_OTHER', message: undefined, error: undefined });
});
