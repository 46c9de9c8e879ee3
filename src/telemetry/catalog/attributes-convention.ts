import { attributeOf, type AttributePlace } from './attribute-entry.ts';

const gen = attributeOf('https://github.com/open-telemetry/semantic-conventions-genai (main, 2026-11)');
const core = attributeOf('https://opentelemetry.io/docs/specs/semconv/ (1.45)');
const cost = attributeOf('https://github.com/open-telemetry/semantic-conventions-genai/pull/443 (open)');

const CALLS: readonly AttributePlace[] = ['inference', 'embeddings', 'operation', 'fetch_response'];
const CALLS_AND_METRICS: readonly AttributePlace[] = [...CALLS, 'metric'];
/** All calls but those that fetch a stored response, whose tokens were counted when it was made. */
const USING: readonly AttributePlace[] = ['inference', 'embeddings', 'operation'];
const LATEST = { profiles: ['latest'] } as const;
const OLD = { profiles: ['v1.41'] } as const;
const CONTENT = { content: true } as const;

const CORE = {
  'server.address': core('string', 'recommended', CALLS_AND_METRICS, 'The host that was called.', { stability: 'stable' }),
  'server.port': core('int', 'conditionally_required', CALLS_AND_METRICS, 'The port that was called; with `server.address`.', { stability: 'stable' }),
  'error.type': core(
    'string',
    'conditionally_required',
    [...CALLS_AND_METRICS, 'tool', 'attempt'],
    'What failed the call: an HTTP status, a code of the provider or a class of error. There exactly when the status is ERROR.',
    { stability: 'stable' },
  ),
  'exception.type': core('string', 'recommended', ['log'], 'The class of the error that the app got.', { stability: 'stable' }),
  'exception.message': core('string', 'recommended', ['log'], "The error's text, cleaned.", { stability: 'stable' }),
  'exception.stacktrace': core('string', 'recommended', ['log'], "The error's stack, cleaned.", { stability: 'stable' }),
  'http.response.status_code': core('int', 'recommended', [...CALLS, 'attempt', 'metric'], 'The HTTP status of the last answer.', { stability: 'stable' }),
  'service.name': core('string', 'required', ['resource'], 'The service that the process runs.', { stability: 'stable' }),
  'otel.metric.overflow': core('boolean', 'recommended', ['metric'], 'True on the series that takes what exceeds the limit of series.', {
    stability: 'stable',
  }),
} as const;

const REQUEST = {
  'gen_ai.operation.name': gen('string', 'required', [...CALLS_AND_METRICS, 'tool'], 'What the call does.', { closed: true }),
  'gen_ai.provider.name': gen('string', 'required', CALLS_AND_METRICS, 'The provider, as told from the endpoint that was called.'),
  'gen_ai.request.model': gen('string', 'conditionally_required', CALLS_AND_METRICS, 'The model that was asked for.'),
  'gen_ai.request.stream': gen('boolean', 'conditionally_required', CALLS, 'True when the answer was asked for as a stream; else absent.'),
  'gen_ai.request.max_tokens': gen('int', 'recommended', CALLS, 'The most output tokens that were asked for.'),
  'gen_ai.request.temperature': gen('double', 'recommended', CALLS, 'The temperature that was asked for.'),
  'gen_ai.request.top_p': gen('double', 'recommended', CALLS, 'The nucleus sampling that was asked for.'),
  'gen_ai.request.top_k': gen('int', 'conditionally_required', CALLS, 'The top-k sampling that was asked for.'),
  'gen_ai.request.frequency_penalty': gen('double', 'recommended', CALLS, 'The frequency penalty that was asked for.'),
  'gen_ai.request.presence_penalty': gen('double', 'recommended', CALLS, 'The presence penalty that was asked for.'),
  'gen_ai.request.stop_sequences': gen('string[]', 'recommended', CALLS, 'The sequences that were to end the answer.'),
  'gen_ai.request.seed': gen('int', 'conditionally_required', CALLS, 'The seed that was given.'),
  'gen_ai.request.choice.count': gen('int', 'conditionally_required', CALLS, 'How many answers were asked for, when not 1.'),
  'gen_ai.request.reasoning.level': gen('string', 'recommended', CALLS, 'The effort of reasoning that was asked for.', LATEST),
  'gen_ai.request.previous_response.id': gen('string', 'recommended', CALLS, 'The response that the call goes on from.', LATEST),
  'gen_ai.request.encoding_formats': gen('string[]', 'recommended', CALLS, 'The encodings that were asked for.'),
  'gen_ai.embeddings.dimension.count': gen('int', 'recommended', CALLS, 'How many dimensions were asked for.'),
  'gen_ai.output.type': gen('string', 'conditionally_required', CALLS, 'The form of answer that was asked for.', { closed: true }),
  'gen_ai.conversation.id': gen('string', 'conditionally_required', CALLS, 'The conversation, where the SDK has one; never invented.'),
  'gen_ai.prompt.name': gen('string', 'conditionally_required', CALLS, 'The named prompt that was used.'),
  'gen_ai.prompt.version': gen('string', 'conditionally_required', CALLS, 'The version of the named prompt.', LATEST),
  'openai.api.type': gen('string', 'recommended', CALLS, 'Which API of OpenAI was called.', { closed: true }),
  'openai.request.service_tier': gen('string', 'conditionally_required', CALLS, 'The tier that was asked for, when not `auto`.'),
} as const;

const RESPONSE = {
  'gen_ai.response.id': gen('string', 'recommended', CALLS, "The provider's id of the response."),
  'gen_ai.response.model': gen('string', 'recommended', CALLS_AND_METRICS, 'The model that answered.'),
  'gen_ai.response.finish_reasons': gen('string[]', 'recommended', CALLS, 'How each choice ended, in order.'),
  'gen_ai.response.status': gen('string', 'recommended', ['fetch_response'], 'The state of a stored response.', LATEST),
  'gen_ai.response.time_to_first_chunk': gen('double', 'recommended', CALLS, 'Seconds from the start of a streaming call to its first chunk.'),
  'gen_ai.conversation.compacted': gen('boolean', 'recommended', CALLS, 'True when the provider shortened the conversation; else absent.', LATEST),
  'openai.response.service_tier': gen('string', 'conditionally_required', CALLS, 'The tier that served the call.'),
  'openai.response.system_fingerprint': gen('string', 'recommended', CALLS, 'What served the call, as OpenAI marks it.'),
  'gen_ai.usage.input_tokens': gen('int', 'recommended', USING, 'Input tokens, cached ones included.'),
  'gen_ai.usage.output_tokens': gen('int', 'recommended', ['inference', 'operation'], 'Output tokens, reasoning included.'),
  'gen_ai.usage.cache_read.input_tokens': gen('int', 'recommended', USING, 'Input tokens read from a cache.'),
  'gen_ai.usage.cache_write.input_tokens': gen('int', 'recommended', USING, 'Input tokens written to a cache.', LATEST),
  'gen_ai.usage.cache_creation.input_tokens': gen('int', 'recommended', USING, 'Input tokens written to a cache; the older name.', OLD),
  'gen_ai.usage.reasoning.output_tokens': gen('int', 'recommended', USING, 'Output tokens spent on reasoning.'),
  'gen_ai.usage.text.input_tokens': gen('int', 'recommended', USING, 'Text among the input tokens, where other kinds are too.', LATEST),
  'gen_ai.usage.text.cache_read.input_tokens': gen('int', 'recommended', USING, 'Text among the tokens read from a cache, where other kinds are too.', LATEST),
  'gen_ai.usage.text.output_tokens': gen('int', 'recommended', USING, 'Text among the output tokens, where other kinds are too.', LATEST),
  'gen_ai.usage.image.input_tokens': gen('int', 'recommended', USING, 'Images among the input tokens.', LATEST),
  'gen_ai.usage.image.cache_read.input_tokens': gen('int', 'recommended', USING, 'Images among the tokens read from a cache.', LATEST),
  'gen_ai.usage.image.output_tokens': gen('int', 'recommended', USING, 'Images among the output tokens.', LATEST),
  'gen_ai.usage.audio.input_tokens': gen('int', 'recommended', USING, 'Audio among the input tokens.', LATEST),
  'gen_ai.usage.audio.cache_read.input_tokens': gen('int', 'recommended', USING, 'Audio among the tokens read from a cache.', LATEST),
  'gen_ai.usage.audio.output_tokens': gen('int', 'recommended', USING, 'Audio among the output tokens.', LATEST),
  'gen_ai.token.modality': gen('string', 'required', ['metric'], 'The kind of the tokens: text, image, audio or unknown.', { closed: true, ...LATEST }),
  'gen_ai.token.type': gen('string', 'required', ['metric'], 'Input or output.', { closed: true, ...OLD }),
  'gen_ai.input.messages': gen('any', 'opt_in', CALLS, 'The prompt, when captured.', CONTENT),
  'gen_ai.output.messages': gen('any', 'opt_in', CALLS, 'The answer, when captured.', CONTENT),
  'gen_ai.system_instructions': gen('any', 'opt_in', CALLS, 'The system prompt, when captured.', CONTENT),
  'gen_ai.tool.definitions': gen('any', 'opt_in', CALLS, 'The tools that were offered, when captured.', CONTENT),
} as const;

const COST = {
  'gen_ai.usage.cost.amount': cost('double', 'recommended', CALLS, 'What the call cost; absent when unknown.'),
  'gen_ai.usage.cost.currency': cost('string', 'conditionally_required', CALLS, 'Always `USD`; with the amount.', { closed: true }),
  'gen_ai.usage.cost.source': cost('string', 'recommended', CALLS_AND_METRICS, '`provider` when the response stated the amount, `local` when computed.', {
    closed: true,
  }),
} as const;

const TOOL = {
  'gen_ai.tool.name': gen('string', 'required', ['tool', 'metric'], 'The tool.'),
  'gen_ai.tool.type': gen('string', 'recommended', ['tool', 'metric'], 'The kind of tool, such as `function`.'),
  'gen_ai.tool.call.id': gen('string', 'recommended', ['tool'], "The provider's id of the tool call."),
} as const;

/** The attributes whose names come from a convention. */
export const CONVENTION_ATTRIBUTES = { ...CORE, ...REQUEST, ...RESPONSE, ...COST, ...TOOL } as const;
