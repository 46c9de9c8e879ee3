import type { RequestFacts } from '../../../call/call.ts';
import type { Json } from '../json.ts';
import { defined, firstOf, num, obj, str, strings } from '../json.ts';
import { promptSize } from '../prompt-size.ts';

const modelInPath = (path: string): string | undefined => {
  const encoded = /\/model\/([^/?]+)\//.exec(path)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
};

const streams = (path: string): true | undefined => (/\/(converse-stream|invoke-with-response-stream)/.test(path) ? true : undefined);

const metadataOf = (value: unknown): Readonly<Record<string, string>> | undefined => {
  const entries = Object.entries(obj(value) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return entries.length > 0 ? Object.fromEntries(entries.slice(0, 64)) : undefined;
};

// Converse and Nova say `inferenceConfig`, Titan `textGenerationConfig`.
const inferenceOf = (config: Json | undefined) => ({
  maxTokens: num(firstOf(config, 'maxTokens', 'max_new_tokens', 'maxTokenCount')),
  temperature: num(config?.['temperature']),
  topP: num(firstOf(config, 'topP', 'top_p')),
  stopSequences: strings(config?.['stopSequences']),
});

const levelOf = (fields: Json | undefined): string | undefined =>
  str(fields?.['reasoning_effort']) ?? str(obj(fields?.['output_config'])?.['effort']) ?? str(obj(fields?.['reasoningConfig'])?.['maxReasoningEffort']);

/**
 * Reads the facts of a Converse request; the model stands in the path.
 * @source docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, 2026
 */
export const bedrockConverseRequest = (body: unknown, path: string): RequestFacts => {
  const from = obj(body) ?? {};
  const fields = obj(from['additionalModelRequestFields']);
  const size = promptSize([from['messages'], from['system'], from['toolConfig']]);
  return defined<RequestFacts>({
    ...inferenceOf(obj(from['inferenceConfig'])),
    model: modelInPath(path) ?? str(from['modelId']),
    stream: streams(path),
    topK: num(fields?.['top_k']),
    reasoningLevel: levelOf(fields),
    serviceTier: str(obj(from['serviceTier'])?.['type']),
    metadata: metadataOf(from['requestMetadata']),
    promptChars: size?.chars,
    promptHasMedia: size?.hasMedia,
  });
};

/**
 * Reads the facts of an invoked model's request. Each house has its own body: Anthropic, Nova, Titan, Llama, Mistral, Cohere and OpenAI are understood.
 * @source docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html, 2026
 */
export const bedrockInvokeRequest = (body: unknown, path: string): RequestFacts => {
  const from = obj(body) ?? {};
  const config = inferenceOf(obj(firstOf(from, 'inferenceConfig', 'textGenerationConfig', 'inferenceParameters')));
  const size = promptSize([from['messages'], from['system'], from['tools'], from['prompt'], from['inputText'], from['message'], from['texts'], from['inputs']]);
  const media = from['inputImage'] !== undefined || from['images'] !== undefined;
  return defined<RequestFacts>({
    model: modelInPath(path) ?? str(from['model']),
    stream: streams(path),
    maxTokens: num(firstOf(from, 'max_tokens', 'max_completion_tokens', 'max_gen_len')) ?? config.maxTokens,
    temperature: num(from['temperature']) ?? config.temperature,
    topP: num(firstOf(from, 'top_p', 'p')) ?? config.topP,
    topK: num(firstOf(from, 'top_k', 'k')),
    stopSequences: strings(firstOf(from, 'stop_sequences', 'stop')) ?? config.stopSequences,
    reasoningLevel: levelOf(from),
    embeddingDimensions: num(firstOf(from, 'dimensions', 'output_dimension')),
    promptChars: size?.chars,
    promptHasMedia: media || size?.hasMedia,
  });
};
