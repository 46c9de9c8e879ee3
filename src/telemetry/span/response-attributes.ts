import type { Call } from '../../call/call.ts';
import { tellsUsage } from '../../call/operations.ts';
import type { Outcome, RateLimitHeadroom, ResponseFacts } from '../../call/outcome.ts';
import type { PolicyMarks } from '../../call/policy.ts';
import type { Profile } from '../catalog/profile.ts';
import { spanEntry } from '../catalog/spans.ts';
import type { CallEnding } from './call-ending.ts';
import { putCost } from './cost-attributes.ts';
import { put, type Draft } from './draft.ts';
import { outputSpeed } from './output-speed.ts';
import { putUsage } from './usage-attributes.ts';

const putHeadroom = (draft: Draft, headroom: RateLimitHeadroom): void => {
  put(draft, 'purser.ratelimit.limit_requests', headroom.limitRequests);
  put(draft, 'purser.ratelimit.remaining_requests', headroom.remainingRequests);
  put(draft, 'purser.ratelimit.limit_tokens', headroom.limitTokens);
  put(draft, 'purser.ratelimit.remaining_tokens', headroom.remainingTokens);
};

const putResponse = (draft: Draft, call: Call, response: ResponseFacts, profiles: readonly Profile[]): void => {
  put(draft, 'gen_ai.response.id', response.id);
  put(draft, 'gen_ai.response.model', response.model);
  if (response.finishReasons !== undefined && response.finishReasons.length > 0) put(draft, 'gen_ai.response.finish_reasons', response.finishReasons);
  put(draft, 'gen_ai.conversation.id', response.conversationId);
  put(draft, 'purser.response.service_tier', response.serviceTier);
  if (call.dialect.startsWith('openai.')) {
    put(draft, 'openai.response.service_tier', response.serviceTier);
    put(draft, 'openai.response.system_fingerprint', response.systemFingerprint);
  }
  if (profiles.includes('latest') && response.compacted === true) put(draft, 'gen_ai.conversation.compacted', true);
  put(draft, call.operation === 'fetch_response' && profiles.includes('latest') ? 'gen_ai.response.status' : 'purser.response.status', response.status);
  put(draft, 'purser.response.speed', response.speed);
  put(draft, 'purser.response.geo', response.geo);
  put(draft, 'purser.request.id', response.requestId);
  put(draft, 'http.response.status_code', response.httpStatus);
  if (response.toolCalls !== undefined && response.toolCalls.length > 0)
    put(
      draft,
      'purser.tool_calls',
      response.toolCalls.map((tool) => tool.name),
    );
  if (response.headroom !== undefined) putHeadroom(draft, response.headroom);
};

const putTimes = (draft: Draft, call: Call, outcome: Outcome): void => {
  if (call.request.stream === true && outcome.firstChunkMs !== undefined) put(draft, 'gen_ai.response.time_to_first_chunk', outcome.firstChunkMs / 1000);
  if (outcome.chunks > 0) put(draft, 'purser.stream.chunks', outcome.chunks);
  put(draft, 'purser.output_speed', outputSpeed(call, outcome));
  put(draft, 'purser.attempts', outcome.attempts.length);
  if (outcome.attempts.length > 1) put(draft, 'purser.retries', outcome.attempts.length - 1);
};

const putOutcome = (draft: Draft, outcome: Outcome, ending: CallEnding): void => {
  put(draft, 'purser.outcome', outcome.kind);
  put(draft, 'error.type', ending.errorType);
  if (outcome.kind === 'abandoned') put(draft, 'purser.abandoned.reason', outcome.reason);
  if (outcome.kind !== 'blocked') return;
  put(draft, 'purser.blocked.code', outcome.refusal.code);
  put(draft, 'purser.blocked.policy', outcome.refusal.policy);
  put(draft, 'purser.blocked.rule', outcome.refusal.rule);
  if (outcome.refusal.retryAtMs !== undefined) put(draft, 'purser.blocked.retry_at', outcome.refusal.retryAtMs / 1000);
};

/** Puts all that is known only when the call has ended, but for its content. */
export const putEnding = (draft: Draft, call: Call, outcome: Outcome, marks: PolicyMarks, ending: CallEnding, profiles: readonly Profile[]): void => {
  const place = spanEntry(call.operation).place;
  putOutcome(draft, outcome, ending);
  putResponse(draft, call, outcome.response, profiles);
  putTimes(draft, call, outcome);
  // The convention wants no usage on a fetched response. Its tokens were counted when it was made; where they were not, metrics and records tell of them.
  if (outcome.usage !== undefined && place !== 'fetch_response') putUsage(draft, outcome.usage, profiles, place !== 'embeddings');
  if (outcome.usage === undefined && outcome.kind === 'completed' && tellsUsage(call)) put(draft, 'purser.usage.missing', true);
  if (outcome.cost !== undefined && place !== 'fetch_response') putCost(draft, outcome.cost);
  for (const [mark, value] of Object.entries(marks)) draft[mark.startsWith('purser.') ? mark : `purser.policy.${mark}`] = value ?? null;
};
