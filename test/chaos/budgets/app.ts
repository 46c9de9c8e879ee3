/** An app like any other: two SDKs, calls in flight, and no word of budgets but in its owner's config. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { News, Plan } from './plan.ts';

const plan = JSON.parse(process.argv[2] ?? '{}') as Plan;
const INPUT = 1000;
const TIMEOUT_MS = 400;
const PROMPT = 'x'.repeat(plan.stream ? 200 : INPUT);
const common = { apiKey: 'local-test-key', ...(plan.timeOut > 0 ? { timeout: TIMEOUT_MS } : {}) };
const openai = new OpenAI({ ...common, baseURL: `${plan.provider}/v1` });
const anthropic = new Anthropic({ ...common, baseURL: plan.provider });
const tell = (news: News): void => void process.send?.(news);
const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
const between = ([from, to]: readonly [number, number]): number => Math.round(from + Math.random() * (to - from));

/** How the provider is to answer. A stream makes one token an event. */
const scripted = (): { readonly headers: Record<string, string> } => {
  const out = between(plan.outputTokens);
  const script: Record<string, number | string> = plan.stream
    ? { in: PROMPT.length, chunks: out, interval: Math.max(1, Math.round(between(plan.latencyMs) / out)) }
    : { in: INPUT, out, latency: Math.random() < plan.timeOut ? 2 * TIMEOUT_MS : between(plan.latencyMs) };
  if (Math.random() < plan.withoutUsage) script['usage'] = 'none';
  return { headers: Object.fromEntries(Object.entries(script).map(([name, value]) => [`x-local-${name}`, String(value)])) };
};

const read = async (stream: AsyncIterable<unknown>): Promise<void> => {
  const leaveAfter = Math.random() < plan.abandon ? Math.random() * plan.outputTokens[1] : Infinity;
  let events = 0;
  for await (const _ of stream) if ((events += 1) > leaveAfter) return;
};

const model = plan.stream ? 'chaos-stream' : 'chaos-text';
const messages = [{ role: 'user' as const, content: PROMPT }];

const someone = (): string => `user-${Math.floor(Math.random() * 3)}`;

const callOpenai = async (): Promise<void> => {
  const request = { model, messages, max_tokens: plan.maxTokens, user: someone() };
  if (plan.stream) await read(await openai.chat.completions.create({ ...request, stream: true, stream_options: { include_usage: true } }, scripted()));
  else await openai.chat.completions.create(request, scripted());
};

const callAnthropic = async (): Promise<void> => {
  const request = { model, messages, max_tokens: plan.maxTokens, metadata: { user_id: someone() } };
  if (plan.stream) await read(await anthropic.messages.create({ ...request, stream: true }, scripted()));
  else await anthropic.messages.create(request, scripted());
};

const codeOf = (error: unknown): string | undefined => {
  const { cause } = error as { readonly cause?: { readonly name?: unknown; readonly code?: unknown } };
  return cause?.name === 'PurserError' ? String(cause.code) : undefined;
};

const endAt = Date.now() + plan.untilMs;
let turn = 0;

const lane = async (): Promise<void> => {
  await sleep(Math.random() * Math.min(500, plan.latencyMs[1]));
  let dry = 0;
  // A budget that stays used up over several tries is the end; calls in flight may still come back.
  while (Date.now() < endAt && dry < 6) {
    try {
      await ((turn += 1) % 2 === 0 ? callOpenai() : callAnthropic());
      tell({ kind: 'answered' });
      dry = 0;
    } catch (error) {
      const code = codeOf(error);
      tell(code === undefined ? { kind: 'failed', what: String(error) } : { kind: 'refused', code });
      if (code === 'budget_exhausted') dry += 1;
      if (code !== undefined) await sleep(250 + Math.random() * 250);
    }
  }
};

await Promise.all(Array.from({ length: plan.inFlight }, lane));
process.disconnect?.();
