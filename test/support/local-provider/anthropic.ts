import type { Exchange, Handler, Reply } from './exchange.ts';
import { answerWords, idOf, servedModel, sse, stringOf, TOOL_ARGUMENTS } from './exchange.ts';
import { anthropicStreamError } from './failure.ts';
import type { HoleValue, Json } from './template.ts';
import { jsonArray, loadTemplates } from './template.ts';
import { NOTHING } from './tokens.ts';

const template = loadTemplates('anthropic');
const NULL: Json = { json: 'null' };
const JSON_TYPE = 'application/json';

const counts = ({ tokens: t }: Exchange, output: number): Readonly<Record<string, HoleValue>> => ({
  uncached: t.input - t.cached - t.written5m - t.written1h,
  written: t.written5m + t.written1h,
  cached: t.cached,
  written5m: t.written5m,
  written1h: t.written1h,
  output,
  reasoning: t.reasoning,
  tier: 'standard',
});

const stopOf = ({ script }: Exchange): string => script.finish ?? (script.tool === undefined ? 'end_turn' : 'tool_use');

const THOUGHT = 'First the manifest, then the sum.';

interface Block {
  readonly start: Json;
  readonly deltas: readonly Json[];
  readonly whole: Json;
}

const blocks = (exchange: Exchange): readonly Block[] => {
  const { script, tokens } = exchange;
  const list: Block[] = [];
  if (tokens.reasoning > 0) {
    list.push({
      start: template('block_thinking', { text: '', signature: '' }),
      deltas: [template('delta_thinking', { text: THOUGHT }), template('delta_signature')],
      whole: template('block_thinking', { text: THOUGHT, signature: 'bG9jYWw=' }),
    });
  }
  if (script.tool !== undefined) {
    const callId = idOf('toolu_', exchange.number);
    const args = JSON.stringify(TOOL_ARGUMENTS);
    list.push({
      start: template('block_tool', { callId, tool: script.tool, args: { json: '{}' } }),
      deltas: ['', args.slice(0, 10), args.slice(10)].map((part) => template('delta_args', { args: part })),
      whole: template('block_tool', { callId, tool: script.tool, args: { json: args } }),
    });
    return list;
  }
  const words = answerWords(script);
  list.push({
    start: template('block_text', { text: '' }),
    deltas: words.map((text) => template('delta_text', { text })),
    whole: template('block_text', { text: words.join('') }),
  });
  return list;
};

const stream = (exchange: Exchange, billing: Reply['billing']): Reply => {
  const events: string[] = [];
  const push = (name: string, json: Json): void => void events.push(sse(json.json, name));
  const thinking = exchange.tokens.reasoning > 0;
  const message = template('message', {
    model: billing.model ?? '',
    id: billing.responseId ?? '',
    content: { json: '[]' },
    stop: null,
    usage: template('usage', counts(exchange, 1)),
  });
  push('message_start', template('start', { message }));
  for (const [index, block] of blocks(exchange).entries()) {
    push('content_block_start', template('block_start', { index, block: block.start }));
    if (index === 0) push('ping', template('ping'));
    for (const delta of block.deltas) push('content_block_delta', template('block_delta', { index, delta }));
    push('content_block_stop', template('block_stop', { index }));
  }
  const usage = template(thinking ? 'usage_delta_thinking' : 'usage_delta', counts(exchange, exchange.tokens.output));
  push('message_delta', template('message_delta', { stop: stopOf(exchange), usage }));
  push('message_stop', template('message_stop'));
  return { kind: 'events', contentType: 'text/event-stream; charset=utf-8', events, errorEvent: anthropicStreamError(exchange.number), billing };
};

/** Answers the Messages API, whole and as a stream. */
export const messages: Handler = (exchange, pathModel) => {
  const requested = stringOf(exchange.body, 'model') ?? pathModel;
  const billing = {
    api: 'messages',
    requestModel: requested,
    model: servedModel(exchange, requested, ''),
    responseId: idOf('msg_', exchange.number),
    tokens: exchange.tokens,
  };
  if (exchange.body['stream'] === true || exchange.path.endsWith(':streamRawPredict')) return stream(exchange, billing);
  const usage = template(exchange.tokens.reasoning > 0 ? 'usage_thinking' : 'usage', counts(exchange, exchange.tokens.output));
  const body = template('message', {
    model: billing.model,
    id: billing.responseId,
    content: jsonArray(blocks(exchange).map((b) => b.whole)),
    stop: stopOf(exchange),
    usage: exchange.script.usage === 'none' ? NULL : usage,
  });
  return { kind: 'whole', status: 200, body: body.json, billing };
};

const plain = (exchange: Exchange, api: string, body: Json, responseId?: string): Reply => ({
  kind: 'whole',
  status: 200,
  contentType: JSON_TYPE,
  body: body.json,
  billing: { api, requestModel: stringOf(exchange.body, 'model'), model: undefined, responseId, tokens: NOTHING },
});

/** Answers the token count; counting is free. */
export const countMessageTokens: Handler = (exchange) => plain(exchange, 'count_tokens', template('count', { input: exchange.tokens.input }));

const resultLines = (exchange: Exchange): Reply => {
  const reply = messages(exchange, 'claude-sonnet-5');
  if (reply.kind !== 'whole') return reply;
  const line = template('batch_line', { message: { json: String(reply.body) } }).json;
  return { ...plain(exchange, 'batches', { json: `${line}\n`.repeat(3) }), contentType: 'application/x-jsonl' };
};

/** Answers everything about message batches; the one named `msgbatch_ended` has results. */
export const messageBatches: Handler = (exchange) => {
  if (exchange.path.endsWith('/msgbatch_ended/results')) return resultLines(exchange);
  const id = /batches\/([^/]+)/.exec(exchange.path)?.[1] ?? idOf('msgbatch_', exchange.number);
  const isEnded = id === 'msgbatch_ended';
  const status = exchange.path.endsWith('/cancel') ? 'canceling' : isEnded ? 'ended' : 'in_progress';
  const batch = template('batch', { id, status, results: isEnded ? `http://${exchange.headers.host ?? ''}${exchange.path}/results` : null });
  const list = exchange.method === 'GET' && exchange.path.endsWith('batches');
  return plain(exchange, 'batches', list ? template('list', { data: jsonArray([batch]) }) : batch, id);
};

/** Answers the list of models and one model. */
export const anthropicModels: Handler = (exchange) => {
  const one = /models\/([^/]+)$/.exec(exchange.path)?.[1];
  const model = template('model', { model: one ?? 'claude-sonnet-4-5-20250929' });
  return plain(exchange, 'models', one === undefined ? template('list', { data: jsonArray([model]) }) : model);
};
