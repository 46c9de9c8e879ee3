import type { Exchange, Handler, Reply } from './exchange.ts';
import { answerWords, CREATED, idOf, servedModel, sse, stringOf, TOOL_ARGUMENTS } from './exchange.ts';
import type { Json } from './template.ts';
import { jsonArray, loadTemplates } from './template.ts';
import { NOTHING } from './tokens.ts';

const template = loadTemplates('openai-responses');
const NULL: Json = { json: 'null' };
const EMPTY: Json = { json: '[]' };

const usageOf = ({ tokens: t, script }: Exchange): Json =>
  script.usage === 'none'
    ? NULL
    : template('usage', {
        input: t.input,
        cached: t.cached,
        written: t.written5m + t.written1h,
        output: t.output,
        reasoning: t.reasoning,
        total: t.input + t.output,
      });

const responseOf = (exchange: Exchange, billing: Reply['billing'], status: string, outputItems: Json, usage: Json): Json => {
  const reasoning = exchange.body['reasoning'] as { effort?: unknown } | null | undefined;
  return template('response', {
    id: billing.responseId ?? '',
    created: CREATED,
    status,
    model: billing.model ?? '',
    outputItems,
    previous: stringOf(exchange.body, 'previous_response_id') ?? null,
    effort: typeof reasoning?.effort === 'string' ? reasoning.effort : null,
    tier: stringOf(exchange.body, 'service_tier') ?? 'default',
    usage,
  });
};

interface Item {
  readonly id: string;
  readonly opened: Json;
  readonly done: Json;
  readonly inner: (push: (name: string, type: string, holes: Readonly<Record<string, string | Json>>) => void) => void;
}

const textItem = (exchange: Exchange): Item => {
  const itemId = idOf('msg_', exchange.number);
  const words = answerWords(exchange.script);
  const text = words.join('');
  const part = template('part_text', { text });
  return {
    id: itemId,
    opened: template('item_message', { itemId, status: 'in_progress', content: EMPTY }),
    done: template('item_message', { itemId, status: 'completed', content: jsonArray([part]) }),
    inner: (push) => {
      push('event_part', 'response.content_part.added', { part: template('part_text', { text: '' }) });
      for (const word of words) push('event_delta', 'response.output_text.delta', { text: word });
      push('event_text_done', 'response.output_text.done', { text });
      push('event_part', 'response.content_part.done', { part });
    },
  };
};

const toolItem = (exchange: Exchange, tool: string): Item => {
  const itemId = idOf('fc_', exchange.number);
  const callId = idOf('call_', exchange.number);
  const args = JSON.stringify(TOOL_ARGUMENTS);
  return {
    id: itemId,
    opened: template('item_tool', { itemId, callId, tool, args: '', status: 'in_progress' }),
    done: template('item_tool', { itemId, callId, tool, args, status: 'completed' }),
    inner: (push) => {
      for (const part of [args.slice(0, 10), args.slice(10)]) push('event_args_delta', 'response.function_call_arguments.delta', { args: part });
      push('event_args_done', 'response.function_call_arguments.done', { args, tool });
    },
  };
};

const items = (exchange: Exchange): readonly Item[] => {
  const list: Item[] = [];
  if (exchange.tokens.reasoning > 0) {
    const id = idOf('rs_', exchange.number);
    const item = template('item_reasoning', { itemId: id });
    list.push({ id, opened: item, done: item, inner: () => undefined });
  }
  const { tool } = exchange.script;
  list.push(tool === undefined ? textItem(exchange) : toolItem(exchange, tool));
  return list;
};

const stream = (exchange: Exchange, billing: Reply['billing'], status: string): Reply => {
  const events: string[] = [];
  let sequence = 0;
  const push = (name: string, type: string, holes: Readonly<Record<string, string | number | Json>>): void => {
    events.push(sse(template(name, { type, sequence: sequence++, ...holes }).json, type));
  };
  const opened = responseOf(exchange, billing, 'in_progress', EMPTY, NULL);
  push('event_response', 'response.created', { response: opened });
  push('event_response', 'response.in_progress', { response: opened });
  const list = items(exchange);
  for (const [index, item] of list.entries()) {
    push('event_item', 'response.output_item.added', { index, item: item.opened });
    item.inner((name, type, holes) => push(name, type, { index, itemId: item.id, ...holes }));
    push('event_item', 'response.output_item.done', { index, item: item.done });
  }
  const whole = responseOf(exchange, billing, status, jsonArray(list.map((i) => i.done)), usageOf(exchange));
  push('event_response', `response.${status}`, { response: whole });
  const errorEvent = sse(template('event_error', { sequence, message: 'The server had an error.' }).json, 'error');
  return { kind: 'events', contentType: 'text/event-stream; charset=utf-8', events, errorEvent, billing };
};

/** Answers the Responses API: create, whole and as a stream. */
export const responses: Handler = (exchange, deployment) => {
  const requested = stringOf(exchange.body, 'model') ?? deployment;
  const billing = {
    api: 'responses',
    requestModel: requested,
    model: servedModel(exchange, requested, ''),
    responseId: idOf('resp_', exchange.number),
    tokens: exchange.tokens,
  };
  const status = exchange.script.finish ?? 'completed';
  if (exchange.body['stream'] === true) return stream(exchange, billing, status);
  const output = jsonArray(items(exchange).map((i) => i.done));
  return { kind: 'whole', status: 200, body: responseOf(exchange, billing, status, output, usageOf(exchange)).json, billing };
};

const unbilled = (exchange: Exchange, api: string, body: Json, responseId?: string): Reply => ({
  kind: 'whole',
  status: 200,
  body: body.json,
  billing: { api, requestModel: stringOf(exchange.body, 'model'), model: undefined, responseId, tokens: NOTHING },
});

/** Answers what is asked of one stored response: retrieve, cancel, delete. Not billed again. */
export const storedResponse: Handler = (exchange) => {
  const id = /responses\/([^/]+)/.exec(exchange.path)?.[1] ?? '';
  if (exchange.method === 'DELETE') return unbilled(exchange, 'responses.delete', template('deleted', { id }), id);
  const billing = { api: 'responses.retrieve', requestModel: undefined, model: 'gpt-4o-mini-2024-07-18', responseId: id, tokens: NOTHING };
  const status = exchange.path.endsWith('/cancel') ? 'cancelled' : 'completed';
  if (exchange.query.get('stream') === 'true') return stream(exchange, billing, status);
  const body = responseOf(exchange, billing, status, jsonArray(items(exchange).map((i) => i.done)), usageOf(exchange));
  return { kind: 'whole', status: 200, body: body.json, billing };
};

/** Answers the token count of a response that is not run; free. */
export const responseInputTokens: Handler = (exchange) =>
  unbilled(exchange, 'responses.input_tokens', template('input_tokens', { input: exchange.tokens.input }));

/** Answers a compaction of a conversation. */
export const compactResponse: Handler = (exchange) => {
  const id = idOf('resp_', exchange.number);
  const body = template('compaction', { id, created: CREATED, usage: usageOf(exchange) });
  const requestModel = stringOf(exchange.body, 'model');
  return {
    kind: 'whole',
    status: 200,
    body: body.json,
    billing: { api: 'responses.compact', requestModel, model: undefined, responseId: id, tokens: exchange.tokens },
  };
};
