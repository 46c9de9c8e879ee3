import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpointOf } from '../../../src/providers/shared/endpoint.ts';

const brief = (method: string, path: string, host?: string, strict?: boolean): string => {
  const found = endpointOf(method, path, host, strict);
  return found === undefined ? 'none' : [found.dialect, found.operation, found.model ?? '-', found.stream ? 'stream' : ''].join(' ').trim();
};

test.each([
  ['/v1/chat/completions', 'openai.chat chat -'],
  ['/chat/completions', 'openai.chat chat -'],
  ['/openai/v1/chat/completions', 'openai.chat chat -'],
  ['/api/paas/v4/chat/completions', 'openai.chat chat -'],
  ['/api/v2/cortex/v1/chat/completions', 'openai.chat chat -'],
  ['/novita/v3/openai/chat/completions', 'openai.chat chat -'],
  ['/v1beta/openai/chat/completions', 'openai.chat chat -'],
  ['/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21', 'openai.chat chat gpt-4o'],
  ['/openai/deployments/my%20model/embeddings?api-version=1', 'openai.embeddings embeddings my model'],
  ['/v1/responses', 'openai.responses chat -'],
  ['/backend-api/codex/responses', 'openai.responses chat -'],
  ['/v1/responses/compact', 'openai.responses chat -'],
  ['/v1/responses/input_tokens', 'openai.other count_tokens -'],
  ['/v1/completions', 'openai.completions text_completion -'],
  ['/v1/embeddings', 'openai.embeddings embeddings -'],
  ['/v1/images/generations', 'openai.images generate_content -'],
  ['/v1/images/edits', 'openai.images generate_content -'],
  ['/v1/audio/transcriptions', 'openai.audio generate_content -'],
  ['/v1/audio/speech', 'openai.audio generate_content -'],
  ['/v1/decisions', 'openai.decisions generate_content -'],
  ['/v1/videos', 'openai.videos generate_content -'],
  ['/v1/videos/video_1/remix', 'openai.videos generate_content -'],
  ['/v1/videos/edits', 'openai.videos generate_content -'],
  ['/v1/threads/runs', 'openai.agents invoke_agent -'],
  ['/v1/threads/thread_1/runs', 'openai.agents invoke_agent -'],
  ['/v1/threads/thread_1/runs/run_1/submit_tool_outputs', 'openai.agents invoke_agent -'],
  ['/v1/agents/sessions', 'openai.agents invoke_agent -'],
  ['/v1/agents/sessions/s_1/events', 'openai.agents invoke_agent -'],
  ['/v1/sessions', 'anthropic.agents invoke_agent -'],
  ['/v1/sessions/sesn_1/events', 'anthropic.agents invoke_agent -'],
  ['/v1/dreams', 'anthropic.agents invoke_agent -'],
  ['/v1/deployments/d_1/run', 'anthropic.agents invoke_agent -'],
  ['/v1/moderations', 'openai.moderations moderation -'],
  ['/v1/batches', 'openai.batches batch -'],
  ['/v1/batches/batch_1/cancel', 'openai.batches batch -'],
  ['/v1/messages', 'anthropic.messages chat -'],
  ['/v1/messages?beta=true', 'anthropic.messages chat -'],
  ['/anthropic/v1/messages', 'anthropic.messages chat -'],
  ['/v1/messages/count_tokens', 'anthropic.count_tokens count_tokens -'],
  ['/v1/messages/batches', 'anthropic.batches batch -'],
  ['/v1/messages/batches/msgbatch_1/cancel', 'anthropic.batches batch -'],
  ['/v1/complete', 'anthropic.other text_completion -'],
  ['/v1beta/models/gemini-2.5-flash:generateContent', 'google.generate_content generate_content gemini-2.5-flash'],
  ['/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse', 'google.generate_content generate_content gemini-2.5-flash stream'],
  ['/v1beta/tunedModels/mine-1:generateContent', 'google.generate_content generate_content tunedModels/mine-1'],
  ['/v1beta/models/gemini-embedding-001:batchEmbedContents', 'google.embed_content embeddings gemini-embedding-001'],
  ['/v1beta/models/gemini-2.5-flash:countTokens', 'google.count_tokens count_tokens gemini-2.5-flash'],
  ['/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent', 'google.generate_content generate_content gemini-2.5-pro'],
  ['/v1/projects/p/locations/l/endpoints/123:generateContent', 'google.generate_content generate_content 123'],
  ['/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict', 'google.predict embeddings text-embedding-005'],
  ['/v1/projects/p/locations/l/publishers/google/models/imagen-4.0:predict', 'google.predict generate_content imagen-4.0'],
  ['/v1beta/models/veo-3.1:predictLongRunning', 'google.videos generate_content veo-3.1'],
  ['/v1/projects/p/locations/l/publishers/anthropic/models/claude-x@2026:rawPredict', 'anthropic.messages chat claude-x@2026'],
  ['/v1/projects/p/locations/l/publishers/anthropic/models/claude-x:streamRawPredict', 'anthropic.messages chat claude-x stream'],
  ['/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict', 'anthropic.count_tokens count_tokens -'],
  ['/v1/projects/p/locations/l/publishers/mistralai/models/mistral-x:rawPredict', 'mistral.chat chat mistral-x'],
  ['/v1beta/interactions', 'google.interactions generate_content -'],
  ['/v1beta/models/gemini-2.5-flash:batchGenerateContent', 'google.batches batch gemini-2.5-flash'],
  ['/model/anthropic.claude-x%3A0/converse', 'bedrock.converse chat anthropic.claude-x:0'],
  ['/model/amazon.nova-lite-v1:0/converse-stream', 'bedrock.converse chat amazon.nova-lite-v1:0 stream'],
  ['/model/anthropic.claude-x/count-tokens', 'bedrock.converse count_tokens anthropic.claude-x'],
  ['/model/meta.llama/invoke', 'bedrock.invoke_model chat meta.llama'],
  ['/model/amazon.titan-embed-text-v2%3A0/invoke', 'bedrock.invoke_model embeddings amazon.titan-embed-text-v2:0'],
  ['/model/meta.llama/invoke-with-response-stream', 'bedrock.invoke_model chat meta.llama stream'],
  ['/v4/ai/language-model', 'ai_gateway.language_model chat -'],
  ['/v1/ai/embedding-model', 'ai_gateway.embedding_model embeddings -'],
  ['/v4/ai/image-model', 'ai_gateway.other generate_content -'],
  ['/v4/ai/reranking-model', 'ai_gateway.other other -'],
  ['/v1/fim/completions', 'mistral.chat text_completion -'],
])('POST %s is %s', (path, wanted) => {
  expect(brief('POST', path)).toBe(wanted);
  expect(brief('POST', `/some/proxy/prefix${path}`)).toBe(wanted);
});

test.each([
  ['GET', '/v1/responses/resp_1?stream=true', undefined, 'openai.responses fetch_response - stream'],
  ['GET', '/v1/chat/completions/chatcmpl-1', undefined, 'openai.chat fetch_response -'],
  ['GET', '/v1beta/interactions/v1_x', undefined, 'google.interactions fetch_response -'],
  ['GET', '/v1/batches/batch_1', undefined, 'openai.batches batch -'],
  ['GET', '/v1beta/batches/b1', 'generativelanguage.googleapis.com', 'google.batches batch -'],
  ['GET', '/v1beta/batches/b1', 'llm.example.com', 'google.batches batch -'],
  ['GET', '/v1/messages/batches/msgbatch_1', undefined, 'anthropic.batches batch -'],
  ['GET', '/v1/messages/batches/msgbatch_1/results', undefined, 'anthropic.batch_results batch -'],
  ['POST', '/v1/chat/completions', 'api.mistral.ai', 'mistral.chat chat -'],
  ['POST', '/v2/chat', 'api.cohere.com', 'cohere.chat chat -'],
  ['POST', '/v2/embed', 'api.cohere.com', 'cohere.chat embeddings -'],
  ['POST', '/v1/conversations#stream', 'api.mistral.ai', 'mistral.conversations chat -'],
  ['POST', '/v1/conversations/conv_1', 'api.mistral.ai', 'mistral.conversations chat -'],
  ['POST', '/v1/conversations/conv_1/restart', 'api.mistral.ai', 'mistral.conversations chat -'],
  ['POST', '/api/chat', 'ollama', 'ollama.chat chat -'],
  ['POST', '/api/generate', 'ollama.com', 'ollama.chat text_completion -'],
  ['POST', '/api/embed', 'ollama.corp.example', 'ollama.chat embeddings -'],
  ['POST', '/ollama/api/chat', 'ui.example', 'ollama.chat chat -'],
  ['POST', '/agents/A/agentAliases/B/sessions/S/text', 'bedrock-agent-runtime.us-east-1.amazonaws.com', 'bedrock.agents invoke_agent -'],
  ['POST', '/retrieveAndGenerate', 'bedrock-agent-runtime.us-east-1.amazonaws.com', 'bedrock.agents invoke_agent -'],
])('%s %s on %s is %s', (method, path, host, wanted) => {
  expect(brief(method, path, host)).toBe(wanted);
});

test.each([
  ['POST', '/v1/files'],
  ['GET', '/v1/models'],
  ['GET', '/v1/chat/completions'],
  ['GET', '/v1/messages/batches'],
  ['POST', '/v1/threads/thread_1/messages'],
  ['GET', '/v1/threads/thread_1/runs/run_1'],
  ['POST', '/v1beta/cachedContents'],
  ['POST', '/v1/vector_stores'],
  ['POST', '/v1/videos/characters'],
  ['POST', '/v1/realtime/sessions'],
  ['POST', '/v1/chatkit/sessions'],
  ['POST', '/v1/sessions/sesn_1/archive'],
  ['POST', '/v1/deployments'],
  ['POST', '/v1/fine_tuning/alpha/graders/run'],
  ['GET', '/v1/sessions/sesn_1/events/stream'],
  ['GET', '/v1/videos/video_1'],
  ['POST', '/v1/responses/resp_1/cancel'],
  ['DELETE', '/v1/responses/resp_1'],
  ['GET', '/v2/chat'],
  ['POST', '/v1/projects/p/topics/t:publish'],
  ['POST', '/v1/things/x:predict'],
  ['POST', ''],
  ['POST', '/'],
])('%s %s calls no model', (method, path) => {
  expect(brief(method, path)).toBe('none');
});

test('takes plain words of unknown services for model calls only where the caller vouches for them', () => {
  for (const path of ['/api/responses', '/shop/batches', '/embeddings']) {
    expect(brief('POST', path, 'shop.example', true)).toBe('none');
    expect(brief('POST', path, 'shop.example')).not.toBe('none');
    expect(brief('POST', path, 'api.x.ai', true)).not.toBe('none');
  }
  for (const path of ['/v1/videos', '/v1/sessions', '/v1/agents/sessions', '/v1/threads/t/runs']) {
    expect(brief('POST', path, 'shop.example', true)).toBe('none');
    expect(brief('POST', path, 'api.anthropic.com', true)).not.toBe('none');
  }
  expect(brief('POST', '/v1/sessions', 'api.openai.com', true)).toBe('none');
  expect(brief('POST', '/llm/v1/responses', 'shop.example', true)).toBe('openai.responses chat -');
  expect(brief('POST', '/v2/chat', 'shop.example', true)).toBe('none');
  expect(brief('POST', '/v2/chat', 'shop.example')).toBe('cohere.chat chat -');
  expect(brief('POST', '/v2/chat', 'cohere.shop.example', true)).toBe('cohere.chat chat -');
  for (const path of ['/api/chat', '/api/generate', '/api/embed']) expect(brief('POST', path, 'shop.example', true)).toBe('none');
});

test('never throws, whatever the path', () => {
  const path = fc.array(fc.oneof(fc.string(), fc.constantFrom('v1', 'models', 'a:generateContent', 'deployments', '%', 'batches', 'model', 'converse')), {
    maxLength: 8,
  });
  expect(() =>
    fc.assert(
      fc.property(fc.constantFrom('GET', 'POST', 'X'), path, fc.string(), (method, parts, host) => void endpointOf(method, parts.join('/'), host, true)),
    ),
  ).not.toThrow();
});
