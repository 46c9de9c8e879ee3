import { expect, test } from 'vitest';
import { isKnownHost, providerOf } from '../../../src/providers/shared/hosts.ts';

const provider = (hostname: string, port = '', pathname = '/v1/chat/completions'): string => providerOf({ hostname, port, pathname }, 'openai.chat');

test.each([
  ['api.openai.com', 'openai'],
  ['eu.api.openai.com', 'openai'],
  ['me.openai.azure.com', 'azure.ai.openai'],
  ['me.cognitiveservices.azure.com', 'azure.ai.openai'],
  ['me.services.ai.azure.com', 'azure.ai.inference'],
  ['api.anthropic.com', 'anthropic'],
  // Claude Platform on AWS, which Anthropic itself runs and bills at its own prices.
  ['aws-external-anthropic.us-east-1.api.aws', 'anthropic'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['us-central1-aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['bedrock-runtime.eu-central-1.amazonaws.com', 'aws.bedrock'],
  ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'aws.bedrock'],
  ['api.groq.com', 'groq'],
  ['openrouter.ai', 'openrouter'],
  ['api.deepseek.com', 'deepseek'],
  ['api.mistral.ai', 'mistral_ai'],
  ['API.X.AI', 'x_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.together.xyz', 'together'],
  ['api.fireworks.ai', 'fireworks'],
  ['api.cerebras.ai', 'cerebras'],
  ['api.cohere.com', 'cohere'],
  ['api.moonshot.ai', 'moonshot_ai'],
  ['router.huggingface.co', 'huggingface'],
])('%s is %s', (hostname, name) => {
  expect(provider(hostname)).toBe(name);
  expect(isKnownHost(hostname.toLowerCase())).toBe(true);
});

test('names local servers by their well-known port and unknown hosts by themselves, never openai', () => {
  expect(provider('localhost', '11434')).toBe('ollama');
  expect(provider('ollama', '11434')).toBe('ollama');
  expect(provider('127.0.0.1', '1234')).toBe('lm_studio');
  expect(provider('localhost', '8000')).toBe('vllm');
  expect(provider('llm.example', '8000')).toBe('llm.example');
  expect(provider('localhost', '4000')).toBe('localhost');
  expect(provider('LLM.example')).toBe('llm.example');
  expect(provider('notopenai.com')).toBe('notopenai.com');
  expect(provider('storage.googleapis.com')).toBe('storage.googleapis.com');
});

test('tells the two interfaces of one Azure resource apart', () => {
  expect(provider('me.services.ai.azure.com', '', '/openai/v1/responses')).toBe('azure.ai.openai');
  expect(provider('me.services.ai.azure.com', '', '/models/chat/completions')).toBe('azure.ai.inference');
});

test('puts the rules of the owner before everything else', () => {
  const rules = [
    { host: 'proxy.example:8443', pathPrefix: '/anthropic', provider: 'anthropic' },
    { host: 'proxy.example', provider: 'litellm' },
    { host: '*.corp.example', provider: 'corp' },
    { host: 'api.openai.com', provider: 'house' },
  ];
  const named = (hostname: string, port: string, pathname: string): string => providerOf({ hostname, port, pathname }, 'openai.chat', rules);
  expect(named('proxy.example', '8443', '/anthropic/v1/messages')).toBe('anthropic');
  expect(named('proxy.example', '8443', '/v1/messages')).toBe('litellm');
  expect(named('proxy.example', '', '/anthropic/v1')).toBe('litellm');
  expect(named('a.corp.example', '', '/')).toBe('corp');
  expect(named('corp.example', '', '/')).toBe('corp.example');
  expect(named('api.openai.com', '443', '/')).toBe('house');
});

test('does not know hosts that are none of a model provider', () => {
  for (const hostname of ['example.com', 'storage.googleapis.com', 's3.amazonaws.com', 'evilopenai.com', 'openai.com.evil.example', ''])
    expect(isKnownHost(hostname)).toBe(false);
});
