import { expect, test } from 'vitest';
import { errorTypeOf, readError } from '../../../src/providers/shared/errors.ts';

const read = (json: unknown): readonly unknown[] => {
  const error = readError(json);
  return error === undefined ? [] : [errorTypeOf(error), error.message];
};

test.each([
  [
    'OpenAI',
    { error: { message: 'No such model', type: 'invalid_request_error', param: 'model', code: 'model_not_found' } },
    'model_not_found',
    'No such model',
  ],
  ['OpenAI without a code', { error: { message: 'Bad', type: 'invalid_request_error', param: null, code: null } }, 'invalid_request_error', 'Bad'],
  ['Azure', { error: { code: '401', message: 'Access denied' } }, '401', 'Access denied'],
  ['Azure content filter', { error: { code: 'content_filter', message: 'Filtered', innererror: {} } }, 'content_filter', 'Filtered'],
  ['Anthropic', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' }, 'overloaded_error', 'Overloaded'],
  ['Google', { error: { code: 429, message: 'Exhausted', status: 'RESOURCE_EXHAUSTED', details: [] } }, 'RESOURCE_EXHAUSTED', 'Exhausted'],
  ['Google on a stream', [{ error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }], 'UNAVAILABLE', 'Overloaded'],
  ['OpenRouter', { error: { code: 429, message: 'Slow down', metadata: { headers: {} } }, user_id: 'u' }, '429', 'Slow down'],
  ['xAI', { code: 'invalid-argument', error: 'Model not found: x' }, 'invalid-argument', 'Model not found: x'],
  ['Venice', { error: 'Specified model not found' }, '_OTHER', 'Specified model not found'],
  ['Mistral', { object: 'error', message: 'Too many', type: 'invalid_request_prompt', param: null, code: '3210' }, 'invalid_request_prompt', 'Too many'],
  ['Doubleword', { code: 400, message: 'Too hot', type: 'Bad Request' }, 'Bad_Request', 'Too hot'],
  ['FastAPI', { detail: 'Invalid API Key' }, '_OTHER', 'Invalid API Key'],
  ['FastAPI with a list', { detail: [{ loc: ['body'], msg: 'Input should be a string' }] }, '_OTHER', 'Input should be a string'],
  ['Bedrock', { message: 'Too many requests', __type: 'ThrottlingException' }, 'ThrottlingException', 'Too many requests'],
  ['a responses stream', { type: 'error', code: 'rate_limit_exceeded', message: 'Later', param: null, sequence_number: 3 }, 'rate_limit_exceeded', 'Later'],
])('reads the envelope of %s', (_name, json, type, message) => {
  expect(read(json)).toEqual([type, message]);
});

test.each([[undefined], [null], [1], ['x'], [[]], [{}], [{ id: 'x', model: 'y', choices: [], message: 'hello' }], [{ error: null }]])(
  '%j is no error',
  (json) => {
    expect(read(json)).toEqual([]);
  },
);

test('keeps a type low in cardinality', () => {
  expect(errorTypeOf({ type: undefined, message: 'x', code: 'Request 12345 for user jane@example.com failed' })).toBe('_OTHER');
  expect(errorTypeOf({ type: 'x'.repeat(100), message: undefined, code: undefined })).toBe('_OTHER');
});
