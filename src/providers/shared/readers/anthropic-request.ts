import type { RequestFacts } from '../../../call/call.ts';
import { bool, defined, num, obj, str, strings } from '../json.ts';
import { promptSize } from '../prompt-size.ts';

/**
 * Reads the facts of a request for an Anthropic message, for a count of its tokens, or of the old text completion.
 * @source @anthropic-ai/sdk 1.11 `MessageCreateParams`, beta members included
 */
export const anthropicRequest = (body: unknown): RequestFacts => {
  const from = obj(body) ?? {};
  const size = promptSize([from['system'], from['messages'], from['tools'], from['prompt'], from['output_format'], from['output_config']]);
  const output = obj(from['output_config']);
  const format = obj(output?.['format']) ?? obj(from['output_format']);
  return defined<RequestFacts>({
    model: str(from['model']),
    stream: bool(from['stream']),
    maxTokens: num(from['max_tokens']) ?? num(from['max_tokens_to_sample']),
    temperature: num(from['temperature']),
    topP: num(from['top_p']),
    topK: num(from['top_k']),
    stopSequences: strings(from['stop_sequences']),
    outputType: format?.['type'] === 'json_schema' ? 'json' : undefined,
    serviceTier: str(from['service_tier']),
    reasoningLevel: str(output?.['effort']),
    speed: str(from['speed']),
    geo: str(from['inference_geo']),
    user: str(obj(from['metadata'])?.['user_id']),
    promptChars: size?.chars,
    promptHasMedia: size?.hasMedia,
  });
};
