import type { RequestFacts } from '../../../call/call.ts';
import type { Json } from '../json.ts';
import { defined, firstOf, list, num, obj, str, strings } from '../json.ts';
import { promptSize } from '../prompt-size.ts';

const modalityNames = (config: Json | undefined): readonly string[] =>
  list(config?.['responseModalities'] ?? config?.['response_modalities']).flatMap((one) => (typeof one === 'string' ? [one.toUpperCase()] : []));

const outputTypeOf = (config: Json | undefined): RequestFacts['outputType'] => {
  const modalities = modalityNames(config);
  if (modalities.includes('AUDIO')) return 'speech';
  if (modalities.includes('IMAGE')) return 'image';
  const mimeType = config?.['responseMimeType'] ?? config?.['response_mime_type'];
  if (mimeType === 'application/json') return 'json';
  return mimeType === 'text/plain' ? 'text' : undefined;
};

const levelOf = (config: Json | undefined): string | undefined => str(obj(config?.['thinkingConfig'])?.['thinkingLevel'])?.toLowerCase();

const labelsOf = (value: unknown): Readonly<Record<string, string>> | undefined => {
  const entries = Object.entries(obj(value) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return entries.length > 0 ? Object.fromEntries(entries.slice(0, 64)) : undefined;
};

/** Gives a model's name without the folder that it stands in. */
const modelName = (model: unknown): string | undefined => {
  const name = str(model);
  return name?.startsWith('models/') === true ? name.slice('models/'.length) : name;
};

const modelInPath = (path: string): string | undefined => {
  const match = /\/(?:models|endpoints)\/([^/:?]+)/.exec(`/${path}`);
  return match?.[1];
};

// SDKs send camel case; snake case is understood as well.
const either = (config: Json | undefined, camel: string, snake: string): unknown => config?.[camel] ?? config?.[snake];

const samplingOf = (config: Json | undefined) => ({
  maxTokens: num(either(config, 'maxOutputTokens', 'max_output_tokens')),
  temperature: num(config?.['temperature']),
  topP: num(either(config, 'topP', 'top_p')),
  topK: num(either(config, 'topK', 'top_k')),
  frequencyPenalty: num(either(config, 'frequencyPenalty', 'frequency_penalty')),
  presencePenalty: num(either(config, 'presencePenalty', 'presence_penalty')),
  stopSequences: strings(either(config, 'stopSequences', 'stop_sequences')),
  seed: num(config?.['seed']),
  choiceCount: num(either(config, 'candidateCount', 'candidate_count')),
});

/**
 * Reads the facts of a Gemini request; the model and whether it streams stand in the path.
 * @source ai.google.dev/api/generate-content, `GenerationConfig`; @google/genai 3.1 request converters
 */
export const geminiRequest = (body: unknown, path: string): RequestFacts => {
  const from = obj(body) ?? {};
  const config = obj(from['generationConfig']) ?? obj(from['generation_config']);
  const size = promptSize([
    from['contents'],
    from['systemInstruction'] ?? from['system_instruction'],
    from['tools'],
    config?.['responseSchema'],
    config?.['responseJsonSchema'],
  ]);
  return defined<RequestFacts>({
    ...samplingOf(config),
    model: modelInPath(path) ?? modelName(from['model']),
    stream: path.includes(':streamGenerateContent') ? true : undefined,
    outputType: outputTypeOf(config),
    reasoningLevel: levelOf(config),
    serviceTier: str(from['serviceTier']),
    metadata: labelsOf(from['labels']),
    promptChars: size?.chars,
    promptHasMedia: size?.hasMedia,
  });
};

/**
 * Reads the facts of a Gemini embeddings request, of one content or a batch, in Gemini's or Vertex AI's form, and of a request for Imagen's pictures.
 * @source ai.google.dev/api/embeddings; cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export const geminiEmbedRequest = (body: unknown, path: string): RequestFacts => {
  const from = obj(body) ?? {};
  const first = obj(list(from['requests'])[0]) ?? from;
  const config = obj(firstOf(from, 'embedContentConfig', 'parameters'));
  const size = promptSize([from['content'], from['requests'], from['instances']]);
  const model = modelInPath(path) ?? modelName(firstOf(from, 'model') ?? first['model']);
  return defined<RequestFacts>({
    model,
    choiceCount: num(config?.['sampleCount']),
    outputType: model?.startsWith('imagen') === true ? 'image' : undefined,
    embeddingDimensions: num(firstOf(first, 'outputDimensionality') ?? config?.['outputDimensionality']),
    promptChars: size?.chars,
    promptHasMedia: size?.hasMedia,
  });
};

/**
 * Reads the facts of a request for a Gemini interaction.
 * @source ai.google.dev/api/interactions-api, 2026; @google/genai 3.1
 */
export const geminiInteractionsRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  const config = obj(from['generation_config']);
  const size = promptSize([from['input'], from['system_instruction'], from['tools'], from['response_format']]);
  return defined<RequestFacts>({
    ...samplingOf(config),
    model: modelName(from['model']) ?? str(from['agent']),
    stream: from['stream'] === true ? true : undefined,
    outputType: outputTypeOf(from),
    reasoningLevel: str(config?.['thinking_level'])?.toLowerCase(),
    serviceTier: str(from['service_tier']),
    previousResponseId: str(from['previous_interaction_id']),
    promptChars: size?.chars,
    promptHasMedia: size?.hasMedia,
  });
};
