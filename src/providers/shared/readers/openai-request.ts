import type { RequestFacts } from '../../../call/call.ts';
import type { Json } from '../json.ts';
import { bool, defined, num, obj, str, strings } from '../json.ts';
import { promptSize } from '../prompt-size.ts';

const metadataOf = (value: unknown): Readonly<Record<string, string>> | undefined => {
  const from = obj(value);
  if (from === undefined) return undefined;
  const entries = Object.entries(from).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return entries.length > 0 ? Object.fromEntries(entries.slice(0, 64)) : undefined;
};

const hasAudio = (modalities: unknown): boolean => Array.isArray(modalities) && modalities.includes('audio');

// Image and audio requests are forms, and every field of a form is a text.
const formNumber = (value: unknown): number | undefined => num(typeof value === 'string' && value !== '' ? Number(value) : value);
const formFlag = (value: unknown): boolean | undefined => bool(value === 'true' ? true : value === 'false' ? false : value);

// `response_format` of a chat, `text.format` of a response.
const formatOf = (type: unknown): RequestFacts['outputType'] => {
  if (type === 'json_object' || type === 'json_schema') return 'json';
  return type === 'text' ? 'text' : undefined;
};

/** Reads the members that chat, text completions and responses have in common. */
const common = (body: Json, parts: readonly unknown[]) => {
  const size = promptSize(parts);
  return {
    model: str(body['model']),
    stream: bool(body['stream']),
    temperature: num(body['temperature']),
    topP: num(body['top_p']),
    topK: num(body['top_k']),
    serviceTier: str(body['service_tier']),
    promptChars: size?.chars,
    promptHasMedia: size?.hasMedia,
    user: str(body['safety_identifier']) ?? str(body['user']),
    metadata: metadataOf(body['metadata']),
  };
};

/** How many answers are made: for each prompt of a list `n`, or `best_of` of which `n` are sent. A list of numbers is one prompt. */
const answersOf = ({ prompt, best_of: best, n }: Json): number | undefined => {
  const prompts = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? Math.max(1, prompt.length) : 1;
  const each = Math.max(1, num(n) ?? 1, num(best) ?? 1);
  const answers = prompts * each;
  return answers === (num(n) ?? 1) ? undefined : answers;
};

// Tools that run at the caller's side; the provider's own put what they find into the prompt.
const CALLER_TOOLS: ReadonlySet<unknown> = new Set(['function', 'custom', 'namespace', 'local_shell', 'apply_patch', 'computer', 'computer_use_preview']);

const runsTools = (tools: unknown): boolean => Array.isArray(tools) && tools.some((tool) => !CALLER_TOOLS.has(obj(tool)?.['type'] ?? 'function'));

/**
 * Reads the facts of a chat or text completion request in the OpenAI format, compatible hosts' spellings included.
 * @source openai 7.55 `ChatCompletionCreateParams`; Mistral `random_seed`; Groq and xAI `reasoning_effort`; OpenRouter `reasoning.effort`
 */
export const openaiChatRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  return defined<RequestFacts>({
    ...common(from, [from['messages'], from['prompt'], from['suffix'], from['tools'], from['functions'], from['response_format'], from['prediction']]),
    maxTokens: num(from['max_completion_tokens']) ?? num(from['max_tokens']),
    frequencyPenalty: num(from['frequency_penalty']),
    presencePenalty: num(from['presence_penalty']),
    stopSequences: strings(from['stop']),
    seed: num(from['seed']) ?? num(from['random_seed']),
    choiceCount: num(from['n']),
    answerCount: answersOf(from),
    // `web_search_options` of search models, `search_parameters` of xAI.
    hasHiddenInput:
      obj(from['web_search_options']) !== undefined || obj(from['search_parameters']) !== undefined || runsTools(from['tools']) ? true : undefined,
    outputType: hasAudio(from['modalities']) ? 'speech' : formatOf(obj(from['response_format'])?.['type']),
    reasoningLevel: str(from['reasoning_effort']) ?? str(obj(from['reasoning'])?.['effort']),
  });
};

const conversationOf = (value: unknown): string | undefined => str(value) ?? str(obj(value)?.['id']);

/**
 * Reads the facts of a request for a response.
 * @source openai 7.55 `ResponseCreateParams`
 */
export const openaiResponsesRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  const text = obj(from['text']);
  return defined<RequestFacts>({
    ...common(from, [from['input'], from['instructions'], from['tools'], text?.['format'], from['prompt']]),
    maxTokens: num(from['max_output_tokens']),
    outputType: formatOf(obj(text?.['format'])?.['type']),
    reasoningLevel: str(obj(from['reasoning'])?.['effort']),
    previousResponseId: str(from['previous_response_id']),
    conversationId: conversationOf(from['conversation']),
    hasHiddenInput: obj(from['prompt'])?.['id'] !== undefined || runsTools(from['tools']) ? true : undefined,
  });
};

/**
 * Reads the facts of a request for decisions: questions about an input, each answered in a few tokens.
 * @source openai 7.57 `DecisionCreateParams`
 */
export const openaiDecisionsRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  return defined<RequestFacts>({ ...common(from, [from['input'], from['questions']]), outputType: 'json' });
};

/**
 * Reads the facts of an embeddings request.
 * @source openai 7.55 `EmbeddingCreateParams`
 */
export const openaiEmbeddingsRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  return defined<RequestFacts>({
    ...common(from, [from['input']]),
    embeddingDimensions: num(from['dimensions']),
    encodingFormats: strings(from['encoding_format']),
  });
};

/**
 * Reads the facts of an image request.
 * @source openai 7.55 `ImageGenerateParams`, `ImageEditParams`
 */
export const openaiImagesRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  const facts = common(from, [from['prompt']]);
  const media = from['image'] !== undefined || from['images'] !== undefined || from['mask'] !== undefined;
  return defined<RequestFacts>({
    ...facts,
    stream: formFlag(from['stream']),
    promptHasMedia: media || facts.promptHasMedia,
    choiceCount: formNumber(from['n']),
    outputType: 'image',
  });
};

/**
 * Reads the facts of a transcription, translation or speech request; only speech has text in and sound out.
 * @source openai 7.55 `TranscriptionCreateParams`, `SpeechCreateParams`
 */
export const openaiAudioRequest = (body: unknown, path: string): RequestFacts => {
  const from = obj(body) ?? {};
  const speaks = path.includes('/speech');
  const facts = common(from, [from['input'], from['instructions'], from['prompt']]);
  return defined<RequestFacts>({
    ...facts,
    promptHasMedia: !speaks,
    stream: formFlag(from['stream']) ?? (from['stream_format'] === 'sse' ? true : undefined),
    temperature: formNumber(from['temperature']),
    outputType: speaks ? 'speech' : 'text',
  });
};

/** Reads the facts of every other request in OpenAI's style: model, user, metadata and the size of its input. */
export const openaiOtherRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  return defined<RequestFacts>(common(from, [from['input'], from['messages'], from['instructions'], from['tools'], from['prompt']]));
};
