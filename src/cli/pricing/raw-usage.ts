import type { Dialect } from '../../call/call.ts';
import type { ResponseFacts } from '../../call/outcome.ts';
import type { Usage } from '../../call/usage.ts';
import { readerOf } from '../../providers/shared/dialects.ts';
import { bedrockConverseUsage } from '../../providers/shared/usage/bedrock.ts';
import { cohereUsage } from '../../providers/shared/usage/cohere.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a provider's raw usage says, and what stands beside it. */
interface RawUsage {
  readonly usage: Usage | undefined;
  readonly response: ResponseFacts;
}

/** What is known of a call besides its usage. */
interface RawCall {
  readonly provider: string;
  readonly model: string;
  readonly api: string | undefined;
  readonly operation: string | undefined;
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const has = (usage: Json, ...keys: readonly string[]): boolean => keys.some((key) => usage[key] !== undefined);

const isAnthropic = (usage: Json, { provider, model, api }: RawCall): boolean => {
  if (has(usage, 'input_tokens_details', 'output') || api === 'responses') return false;
  if (provider === 'anthropic' || has(usage, 'cache_creation_input_tokens', 'cache_read_input_tokens', 'cache_creation', 'server_tool_use')) return true;
  return /claude/i.test(model);
};

/** Formats that share their keys with more common ones. */
const SPECIAL: readonly { readonly dialect: Dialect; readonly when: (usage: Json, call: RawCall) => boolean }[] = [
  { dialect: 'openai.audio', when: (usage) => has(usage, 'input_token_details') },
  { dialect: 'openai.images', when: (_, { api, model }) => api === 'images' || /^(?:gpt-image|dall-e|chatgpt-image)/.test(model) },
];

/** Tells which format a usage is in, by its keys first and by the provider where two formats share them. */
const dialectOf = (usage: Json, call: RawCall): Dialect => {
  const special = SPECIAL.find(({ when }) => when(usage, call));
  if (special !== undefined) return special.dialect;
  if (has(usage, 'promptTokenCount', 'candidatesTokenCount', 'usageMetadata', 'totalTokenCount')) return 'google.generate_content';
  if (has(usage, 'prompt_tokens', 'completion_tokens')) return call.operation === 'embeddings' ? 'openai.embeddings' : 'openai.chat';
  if (has(usage, 'input_tokens', 'output_tokens') || usage['type'] === 'message_start')
    return isAnthropic(usage, call) ? 'anthropic.messages' : 'openai.responses';
  return call.operation === 'embeddings' ? 'openai.embeddings' : 'openai.chat';
};

/** Puts a usage where the response of its format carries it; tool calls that stand beside it go to their place too. */
const bodyOf = (dialect: Dialect, usage: Json, model: string): Json => {
  if (dialect === 'google.generate_content')
    return { modelVersion: model, candidates: [{ groundingMetadata: usage['groundingMetadata'], content: { parts: [] } }], usageMetadata: usage };
  if (dialect === 'openai.responses')
    return { object: 'response', model, status: 'completed', output: usage['output'] ?? [], service_tier: usage['service_tier'], usage };
  if (dialect === 'anthropic.messages') return { type: 'message', model, content: [], usage };
  return { model, choices: [], service_tier: usage['service_tier'], usage };
};

const usageWithin = (event: Json): Json => {
  const message = event['message'];
  const inner = event['usage'] ?? event['usageMetadata'] ?? (isJson(message) ? message['usage'] : undefined);
  return isJson(inner) ? inner : {};
};

/** A `message_start` may be written short, with its usage beside its type instead of in its message. */
const completeEvent = (event: Json): Json =>
  event['type'] === 'message_start' && event['message'] === undefined ? { ...event, message: { type: 'message', usage: event['usage'] } } : event;

const fromEvents = (events: readonly Json[], call: RawCall): RawUsage => {
  const first = events.map(usageWithin).find((usage) => Object.keys(usage).length > 0);
  if (first === undefined) return { usage: undefined, response: {} };
  const typed = events.some((event) => event['type'] === 'message_start' || event['type'] === 'message_delta');
  const reader = readerOf(typed ? 'anthropic.messages' : dialectOf(first, call)).response(call.provider, { captureContent: false });
  for (const event of events) reader.event(completeEvent(event));
  const facts = reader.facts();
  return { usage: facts.usage, response: facts.response };
};

/** Readers know providers by the names of the convention. */
const readerNames: Readonly<Record<string, string>> = { xai: 'x_ai', 'x-ai': 'x_ai' };

/** Reads a provider's raw usage, whole or as the events of a stream, with the same readers that see real responses. */
export const readRawUsage = (raw: unknown, call: RawCall): RawUsage => {
  if (!isJson(raw) || Object.keys(raw).length === 0) return { usage: undefined, response: {} };
  const events = raw['events'];
  if (Array.isArray(events)) return fromEvents(events.filter(isJson), call);
  if (has(raw, 'inputTokens', 'outputTokens')) return { usage: bedrockConverseUsage(raw), response: {} };
  if (has(raw, 'billed_units', 'tokens')) return { usage: cohereUsage(raw), response: {} };
  const inner = raw['usage'] ?? raw['usageMetadata'];
  const whole = isJson(inner) ? inner : undefined;
  const dialect = dialectOf(whole ?? raw, call);
  const reader = readerOf(dialect).response(readerNames[call.provider] ?? call.provider, { captureContent: false });
  reader.body(whole === undefined ? bodyOf(dialect, raw, call.model) : raw);
  const facts = reader.facts();
  return { usage: facts.usage, response: facts.response };
};
