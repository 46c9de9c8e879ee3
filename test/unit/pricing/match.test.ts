import { describe, expect, test } from 'vitest';
import { findModel } from '../../../src/pricing/match/find-model.ts';
import { isPrivateAddress, providerId } from '../../../src/pricing/match/provider-id.ts';
import { bundledTable } from '../../../src/pricing/table/bundled-table.ts';

const table = bundledTable();
const found = (provider: string, name: string): string => {
  const hit = findModel(table, provider, name);
  return hit === undefined ? 'none' : `${hit.provider}/${hit.id} ${hit.match}${hit.certain ? '' : '?'}`;
};

describe('a name is found as what it is', () => {
  test.each([
    ['openai', 'gpt-5', 'openai/gpt-5 exact'],
    ['openai', 'GPT-5', 'openai/gpt-5 exact'],
    ['openai', 'gpt-5-2025-08-07', 'openai/gpt-5 dated'],
    ['openai', 'gpt-5-codex', 'openai/gpt-5 alias'],
    ['openai', 'openai/gpt-5', 'openai/gpt-5 alias'],
    ['openai', 'gpt-5-mini-2027-01-01', 'openai/gpt-5-mini dated?'],
    ['openai', 'ft:gpt-4o-mini-2024-07-18:acme::abc123', 'openai/ft:gpt-4o-mini alias'],
    ['openai', 'ft:gpt-4.1-2025-04-14:acme::abc123', 'openai/ft:gpt-4.1-2025-04-14 alias'],
    ['openai', 'gpt-4o-audio-preview-2025-06-03', 'openai/gpt-4o-audio-preview dated'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5 dated'],
    ['anthropic', 'claude-3-5-sonnet-latest', 'anthropic/claude-3-5-sonnet alias'],
    ['anthropic', 'claude-opus-5-5-20260922', 'anthropic/claude-opus-5-5 dated'],
    ['google', 'models/gemini-2.5-pro', 'google/gemini-2.5-pro exact'],
    ['google', 'publishers/google/models/gemini-2.5-pro', 'google/gemini-2.5-pro exact'],
    ['google', 'gemini-2.5-pro-preview-05-06', 'google/gemini-2.5-pro prefix?'],
    ['google', 'gemini-2.5-pro-preview-tts', 'google/gemini-2.5-pro-tts alias'],
    ['google', 'claude-opus-4-6@20260205', 'google/claude-opus-4-6 dated'],
    ['google', 'claude-haiku-4-5@20251001', 'google/claude-haiku-4-5 dated'],
    ['google', 'claude-mythos-5', 'anthropic/claude-mythos-5 exact?'],
    ['aws', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'aws/regional.anthropic.claude-sonnet-4-5-20250929-v1:0 alias'],
    ['aws', 'global.anthropic.claude-opus-5', 'aws/global.anthropic.claude-opus-5 exact'],
    ['aws', 'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-6-v1', 'aws/regional.anthropic.claude-opus-4-6-v1:0 alias'],
    ['aws', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'aws/amazon.nova-pro-v1:0 exact'],
    ['aws', 'meta.llama3-1-70b-instruct-v1:0', 'aws/meta.llama3-1-70b-instruct-v1:0 exact'],
    ['aws', 'amazon.titan-embed-text-v2:0', 'aws/amazon.titan-embed-text-v2:0 exact'],
    ['azure', 'gpt-4o-2024-08-06', 'azure/gpt-4o dated'],
    ['azure', 'gpt-5.2-2025-12-11', 'openai/gpt-5.2 dated?'],
    ['azure', 'gpt-5.6-luna', 'azure/gpt-5.6-luna exact'],
    ['openrouter', 'anthropic/claude-sonnet-4.5', 'openrouter/anthropic/claude-sonnet-4.5 exact'],
    ['fireworks', 'accounts/fireworks/models/deepseek-v4-flash-0731', 'fireworks/deepseek-v4-flash alias'],
    ['groq', 'openai/gpt-oss-120b', 'groq/openai/gpt-oss-120b exact'],
  ])('%s %s is %s', (provider, name, wanted) => expect(found(provider, name)).toBe(wanted));
});

describe('a name that is only similar is not found', () => {
  test.each([
    ['openai', 'gpt-5.9'],
    ['openai', 'gpt-5-turbo'],
    ['openai', 'o3-ultra'],
    ['anthropic', 'claude-sonnet-5-9'],
    ['anthropic', 'claude-sonnet-5-5-fast'],
    ['anthropic', 'claude-opus-4-88'],
    ['google', 'gemini-2.5-pro-ultra'],
    ['google', 'gemini-3.9-flash'],
    ['google', 'claude-opus-5-9'],
    ['aws', 'us.anthropic.claude-opus-4-9-v1:0'],
    ['aws', 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234'],
    ['aws', 'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcd1234'],
    ['aws', 'amazon.titan-embed-text-v3:0'],
    ['aws', 'amazon.nova-pro-v2:0'],
    ['mistral', 'mistral-large-2612'],
    ['azure', 'my-prod-deployment'],
    ['openai', ''],
    ['openai', 'constructor'],
    ['openai', '__proto__'],
    ['nobody', 'gpt-5'],
    ['constructor', 'gpt-5'],
  ])('%s %s', (provider, name) => expect(found(provider, name)).toBe('none'));
});

describe('a provider is known by the names of the convention, by ours and by its address', () => {
  test.each([
    ['openai', undefined, 'openai'],
    ['aws.bedrock', undefined, 'aws'],
    ['azure.ai.openai', undefined, 'azure'],
    ['azure.ai.inference', undefined, 'azure'],
    ['gcp.gemini', undefined, 'google'],
    ['gcp.vertex_ai', undefined, 'google'],
    ['gcp.gen_ai', undefined, 'google'],
    ['mistral_ai', undefined, 'mistral'],
    ['x_ai', undefined, 'x-ai'],
    ['moonshot_ai', undefined, 'moonshotai'],
    ['github_copilot', undefined, 'github-copilot'],
    ['ollama', undefined, undefined],
    ['constructor', undefined, undefined],
    ['openai', 'https://api.groq.com/openai/v1', 'groq'],
    ['openai', 'https://example.openai.azure.com/openai', 'azure'],
    ['unknown', 'https://api.deepseek.com/v1', 'deepseek'],
    ['openai', 'https://llm-proxy.example.com/v1', 'openai'],
    ['unknown', 'https://llm-proxy.example.com/v1', undefined],
    ['anthropic', 'https://bedrock-runtime.us-east-1.amazonaws.com', 'aws'],
    ['huggingface', 'https://router.huggingface.co/novita/v3', 'huggingface_novita'],
  ])('%s at %s is %s', (name, url, wanted) => expect(providerId(table, name, url)).toBe(wanted));

  test.each([
    'http://localhost:11434/v1',
    'http://127.0.0.1:8000',
    'http://10.1.2.3/v1',
    'http://192.168.0.9',
    'http://172.20.0.2:80',
    'http://gpu.local/v1',
    'http://[::1]:1234',
    'http://llm.internal:80',
  ])('%s is private', (url) => expect(isPrivateAddress(url)).toBe(true));
  test.each(['https://api.openai.com/v1', 'https://localhost.example.com', 'https://11.0.0.1', 'https://172.15.0.1', 'https://internal.example.com'])(
    '%s is not',
    (url) => expect(isPrivateAddress(url)).toBe(false),
  );
});
