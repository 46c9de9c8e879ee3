import type { Call } from '../../call/call.ts';
import type { Labels } from '../../call/labels.ts';
import type { Profile } from '../catalog/profile.ts';
import { callDraft, put, type Draft } from './draft.ts';

const API_TYPES: Readonly<Record<string, string>> = { 'openai.chat': 'chat_completions', 'openai.responses': 'responses' };

const putSampling = (draft: Draft, call: Call): void => {
  const request = call.request;
  put(draft, 'gen_ai.request.temperature', request.temperature);
  put(draft, 'gen_ai.request.top_p', request.topP);
  put(draft, 'gen_ai.request.top_k', request.topK);
  put(draft, 'gen_ai.request.frequency_penalty', request.frequencyPenalty);
  put(draft, 'gen_ai.request.presence_penalty', request.presencePenalty);
  put(draft, 'gen_ai.request.stop_sequences', request.stopSequences);
  put(draft, 'gen_ai.request.seed', request.seed);
  if (request.choiceCount !== 1) put(draft, 'gen_ai.request.choice.count', request.choiceCount);
};

const putLatest = (draft: Draft, call: Call): void => {
  put(draft, 'gen_ai.request.reasoning.level', call.request.reasoningLevel);
  put(draft, 'gen_ai.request.previous_response.id', call.request.previousResponseId);
  put(draft, 'gen_ai.prompt.version', call.labels.promptVersion);
};

const putLabels = (draft: Draft, labels: Labels): void => {
  put(draft, 'purser.service', labels.service);
  put(draft, 'purser.environment', labels.environment);
  put(draft, 'purser.team', labels.team);
  put(draft, 'purser.feature', labels.feature);
  put(draft, 'purser.tenant', labels.tenant);
  put(draft, 'purser.user', labels.user);
  if (labels.tags !== undefined) for (const [tag, value] of Object.entries(labels.tags)) put(draft, `purser.tag.${tag}`, value);
};

/** What samplers decide on comes first, as the convention asks; all that is known before the call is sent follows. */
export const requestAttributes = (call: Call, profiles: readonly Profile[]): Draft => {
  const request = call.request;
  const draft = callDraft();
  put(draft, 'gen_ai.operation.name', call.operation);
  put(draft, 'gen_ai.provider.name', call.provider);
  put(draft, 'gen_ai.request.model', request.model);
  put(draft, 'server.address', call.serverAddress);
  if (call.serverAddress !== undefined) put(draft, 'server.port', call.serverPort);
  if (request.stream === true) put(draft, 'gen_ai.request.stream', true);
  put(draft, 'gen_ai.request.max_tokens', request.maxTokens);
  putSampling(draft, call);
  put(draft, 'gen_ai.request.encoding_formats', request.encodingFormats);
  put(draft, 'gen_ai.embeddings.dimension.count', request.embeddingDimensions);
  put(draft, 'gen_ai.output.type', request.outputType);
  put(draft, 'gen_ai.conversation.id', request.conversationId);
  put(draft, 'gen_ai.prompt.name', call.labels.promptName);
  put(draft, 'openai.api.type', API_TYPES[call.dialect]);
  if (call.dialect.startsWith('openai.') && request.serviceTier !== 'auto') put(draft, 'openai.request.service_tier', request.serviceTier);
  if (profiles.includes('latest')) putLatest(draft, call);
  put(draft, 'purser.call.id', call.id);
  put(draft, 'purser.dialect', call.dialect);
  put(draft, 'purser.sdk', call.source.name);
  put(draft, 'purser.sdk.version', call.source.version);
  putLabels(draft, call.labels);
  return draft;
};
