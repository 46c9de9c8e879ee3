import type { Dialect } from '../call/call.ts';
import { PurserError, refusalStatus } from '../call/errors.ts';
import { retryAfter, type Refusal } from '../call/policy.ts';

/** The answer that stands for a refusal on the wire. */
export interface RefusalAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const bodyOf = (dialect: Dialect, status: number, refusal: Refusal): unknown => {
  const { code, message } = refusal;
  if (dialect.startsWith('anthropic.')) return { type: 'error', error: { type: code, message } };
  if (dialect.startsWith('google.')) return { error: { code: status, message, status: code } };
  if (dialect.startsWith('openai.') || dialect.startsWith('ai_gateway.')) return { error: { message, type: code, code, param: null } };
  if (dialect.startsWith('ollama.')) return { error: message };
  return { message, type: code, code };
};

/** Words a refusal as the provider would, so that a client makes its own error of it and does not try again. */
export const refusalAnswer = (dialect: Dialect, refusal: Refusal): RefusalAnswer => {
  const status = refusalStatus(refusal.code);
  return {
    status,
    statusText: status === 429 ? 'Too Many Requests' : 'Payment Required',
    headers: {
      'content-type': 'application/json',
      'x-should-retry': 'false',
      'x-purser-refusal': refusal.code,
      ...retryAfter(refusal),
      ...(dialect.startsWith('bedrock.') ? { 'x-amzn-errortype': refusal.code } : {}),
    },
    body: JSON.stringify(bodyOf(dialect, status, refusal)),
  };
};

/** The error that a stream ends with when a policy stops it. */
export const streamRefusal = (refusal: Refusal): PurserError => new PurserError(refusal.code, { rule: refusal.rule, ...refusal.details });
