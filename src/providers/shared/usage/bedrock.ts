import type { Usage } from '../../../call/usage.ts';
import type { Json } from '../json.ts';
import { list, obj } from '../json.ts';
import { Tally, within } from './tally.ts';

/**
 * Converts `usage` of Bedrock Converse. Input comes without cached and written tokens; `cacheDetails` splits the writes by life.
 * @source docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html (`inputTokens`, `cacheReadInputTokens`, `cacheWriteInputTokens`, `cacheDetails`), 2026
 */
export const bedrockConverseUsage = (usage: Json): Usage => {
  const tally = new Tally();
  const input = tally.count(usage['inputTokens']);
  const output = tally.count(usage['outputTokens']);
  const cacheRead = tally.first(usage['cacheReadInputTokens'], usage['cacheReadInputTokenCount']);
  const write = tally.first(usage['cacheWriteInputTokens'], usage['cacheWriteInputTokenCount']);
  let hour = 0;
  let split = 0;
  for (const one of list(usage['cacheDetails'])) {
    const detail = obj(one);
    const tokens = tally.count(detail?.['inputTokens']);
    split += tokens;
    if (detail?.['ttl'] === '1h') hour += tokens;
  }
  if (write > 0 && split === 0) tally.flag('write_split_unknown');
  else if (split !== write) tally.flag('write_split_mismatch');
  const cacheWrite1h = within(hour, write);
  tally.total(usage['totalTokens'], input + cacheRead + write + output);
  return tally.usage({ input, cacheRead, cacheWrite5m: write - cacheWrite1h, cacheWrite1h, output });
};

/**
 * Converts the counts that Bedrock states about any invoked model: `amazon-bedrock-invocationMetrics` at the end of a stream.
 * @source docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html, 2026
 */
export const bedrockInvocationUsage = (metrics: Json): Usage =>
  bedrockConverseUsage({
    inputTokens: metrics['inputTokenCount'],
    outputTokens: metrics['outputTokenCount'],
    cacheReadInputTokens: metrics['cacheReadInputTokenCount'],
    cacheWriteInputTokens: metrics['cacheWriteInputTokenCount'],
  });
