import { expect, test } from 'vitest';
import type { Rewrite } from '../../../src/call/adapter.ts';
import { rewriteOrRefuse, rewriteRequest } from '../../../src/providers/shared/rewrite.ts';

const made = (address: string, body: unknown, rewrite: Rewrite) => rewriteOrRefuse({ method: 'POST', url: new URL(address), body, hostRules: [] }, rewrite);

const chat = 'https://api.openai.com/v1/chat/completions';
const gemini = 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent';
const bedrock = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m';

test.each([
  ['no bound is raised', chat, { max_completion_tokens: 3 }, { max_completion_tokens: 3 }],
  ['each of two bounds is lowered', chat, { max_tokens: 50, max_completion_tokens: 60 }, { max_tokens: 9, max_completion_tokens: 9 }],
  ['null is no bound', chat, { max_tokens: null }, { max_tokens: null, max_completion_tokens: 9 }],
  [
    "a gateway knows OpenAI's word for its reasoning models",
    'https://gateway.test/v1/chat/completions',
    { model: 'gpt-5' },
    { model: 'gpt-5', max_completion_tokens: 9 },
  ],
  ['another host knows max_tokens', 'https://api.mistral.ai/v1/chat/completions', {}, { max_tokens: 9 }],
  ['cohere', 'https://api.cohere.com/v2/chat', { max_tokens: 50 }, { max_tokens: 9 }],
  [
    'a conversation of Mistral',
    'https://api.mistral.ai/v1/conversations',
    { completion_args: { max_tokens: 50, top_p: 1 } },
    { completion_args: { max_tokens: 9, top_p: 1 } },
  ],
  ['ollama', 'http://ollama:11434/api/chat', { options: { num_predict: 50, seed: 1 } }, { options: { num_predict: 9, seed: 1 } }],
  ['ollama without a bound', 'http://ollama:11434/api/chat', { options: { num_predict: -1 } }, { options: { num_predict: 9 } }],
  ['the old text completion of Anthropic', 'https://api.anthropic.com/v1/complete', { max_tokens_to_sample: 50 }, { max_tokens_to_sample: 9 }],
  ['snake case stays', gemini, { generation_config: { max_output_tokens: 50 } }, { generation_config: { max_output_tokens: 9 } }],
  ['converse', `${bedrock}/converse`, {}, { inferenceConfig: { maxTokens: 9 } }],
  ['llama', `${bedrock}/invoke`, { max_gen_len: 50 }, { max_gen_len: 9 }],
  ['titan', `${bedrock}/invoke`, { textGenerationConfig: { maxTokenCount: 50, topP: 1 } }, { textGenerationConfig: { maxTokenCount: 9, topP: 1 } }],
])('a bound of 9 tokens: %s', (_, address, body, wanted) => {
  const before = structuredClone(body);
  expect(made(address, body, { maxTokens: 9 })).toEqual({ kind: 'changed', body: wanted });
  expect(body).toEqual(before);
});

test.each([
  [gemini, {}, '/v1beta/models/small:generateContent'],
  [`${bedrock}%3A0/invoke`, {}, '/model/small/invoke'],
  ['https://r.openai.azure.com/openai/deployments/big/chat/completions?api-version=1', { model: 'big' }, '/openai/deployments/small/chat/completions'],
  [
    'https://l-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/big:rawPredict',
    {},
    '/v1/projects/p/locations/l/publishers/anthropic/models/small:rawPredict',
  ],
])('the model is changed where the address names it: %s', (address, body, wanted) => {
  const result = made(address, body, { model: 'small' });
  if (result.kind !== 'changed') throw new Error(result.reason);
  expect(result.url?.pathname).toBe(wanted);
  expect(result.url?.search).toBe(new URL(address).search);
  expect(result.body['model']).toBe('model' in body ? 'small' : undefined);
});

test.each([
  ['a form', chat, new FormData(), { model: 'small' }],
  ['a body that was not read', chat, undefined, { maxTokens: 9 }],
  ['a request without a model', chat, {}, { model: 'small' }],
  ['a model with a folder in an address', gemini, {}, { model: 'publisher/small' }],
  ['a house whose bound is not known', `${bedrock}/invoke`, { prompt: 'hi' }, { maxTokens: 9 }],
  ['embeddings have no bound', 'https://api.openai.com/v1/embeddings', { model: 'e' }, { maxTokens: 9 }],
  ['thinking in Anthropic', 'https://api.anthropic.com/v1/messages', { max_tokens: 90, thinking: { type: 'enabled', budget_tokens: 9 } }, { maxTokens: 9 }],
  ['thinking through Converse', `${bedrock}/converse`, { additionalModelRequestFields: { thinking: { budget_tokens: 20 } } }, { maxTokens: 9 }],
])('impossible: %s', (_, address, body, rewrite) => {
  expect(made(address, body, rewrite).kind).toBe('impossible');
});

test('where a call cannot be refused any more, the provider says that it does not take it', () => {
  const url = new URL('https://api.anthropic.com/v1/messages');
  const body = { max_tokens: 90, thinking: { budget_tokens: 50 } };
  expect(rewriteRequest({ method: 'POST', url, body, hostRules: [] }, { maxTokens: 9 })).toMatchObject({ kind: 'changed', body: { max_tokens: 9 } });
});
