import type { Exchange, Handler, Reply } from './exchange.ts';
import { answerWords, CREATED, idOf, servedModel, sse, stringOf, TOOL_ARGUMENTS } from './exchange.ts';
import { openaiStreamError } from './failure.ts';
import type { Json } from './template.ts';
import { jsonArray, loadTemplates } from './template.ts';

const template = loadTemplates('openai-chat');
const NULL: Json = { json: 'null' };
const CUT = '\u0000';

const usageOf = (exchange: Exchange): Json => {
  const { tokens: t, script } = exchange;
  if (script.usage === 'none') return NULL;
  return template('usage', {
    input: t.input,
    output: t.output,
    total: t.input + t.output,
    cached: t.cached,
    written: t.written5m + t.written1h,
    reasoning: t.reasoning,
  });
};

const deltas = (exchange: Exchange): readonly Json[] => {
  const { tool } = exchange.script;
  if (tool === undefined) return [template('delta_role'), ...answerWords(exchange.script).map((text) => template('delta_text', { text }))];
  const args = JSON.stringify(TOOL_ARGUMENTS);
  return [
    template('delta_tool', { callId: idOf('call_', exchange.number), tool }),
    template('delta_args', { args: args.slice(0, 10) }),
    template('delta_args', { args: args.slice(10) }),
  ];
};

const finishOf = ({ script }: Exchange): string => script.finish ?? (script.tool === undefined ? 'stop' : 'tool_calls');

const stream = (exchange: Exchange, billing: Reply['billing'], choices: number): Reply => {
  const options = exchange.body['stream_options'] as { include_usage?: unknown } | undefined;
  const asked = options?.include_usage === true && exchange.script.usage !== 'none';
  const every = exchange.script.usage === 'every';
  const head = { id: billing.responseId ?? '', created: CREATED, model: billing.model ?? '', tier: 'default' };
  const usage = usageOf(exchange);
  const events: string[] = [];
  const name = asked || every ? 'chunk_with_usage' : 'chunk';
  const render = (index: number, delta: Json, finish: string | null): string => {
    const { json } = template(name, { ...head, index, delta, finish });
    return sse(every ? json.replace('"usage":null', `"usage":${usage.json}`) : json);
  };
  // Only the delta differs between the chunks of a choice, so what stands around it is rendered once.
  const frames = Array.from({ length: choices }, (_, index) => render(index, { json: CUT }, null).split(CUT));
  for (const delta of deltas(exchange)) for (const [before, after] of frames) events.push(`${before}${delta.json}${after}`);
  for (let index = 0; index < choices; index++) events.push(render(index, template('delta_end'), finishOf(exchange)));
  if (asked) events.push(sse(template('chunk_usage', { ...head, usage }).json));
  events.push('data: [DONE]\n\n');
  return { kind: 'events', contentType: 'text/event-stream; charset=utf-8', events, errorEvent: openaiStreamError(), billing };
};

/** Answers chat completions, whole and as a stream. */
export const chatCompletions: Handler = (exchange, deployment) => {
  const requested = stringOf(exchange.body, 'model') ?? deployment;
  const billing = {
    api: 'chat.completions',
    requestModel: requested,
    model: servedModel(exchange, requested, ''),
    responseId: idOf('chatcmpl-', exchange.number),
    tokens: exchange.tokens,
  };
  const choices = typeof exchange.body['n'] === 'number' ? exchange.body['n'] : 1;
  if (exchange.body['stream'] === true) return stream(exchange, billing, choices);
  const { tool } = exchange.script;
  const one = (index: number): Json =>
    tool === undefined
      ? template('choice', { index, text: answerWords(exchange.script).join(''), finish: finishOf(exchange) })
      : template('choice_tool', { index, callId: idOf('call_', exchange.number), tool, args: JSON.stringify(TOOL_ARGUMENTS) });
  const body = template('body', {
    id: billing.responseId,
    created: CREATED,
    model: billing.model,
    choices: jsonArray(Array.from({ length: choices }, (_, i) => one(i))),
    usage: usageOf(exchange),
    tier: stringOf(exchange.body, 'service_tier') ?? 'default',
  });
  return { kind: 'whole', status: 200, body: body.json, billing };
};
