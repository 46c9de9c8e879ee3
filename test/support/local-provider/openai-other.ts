import type { Billing, Exchange, Handler, Reply } from './exchange.ts';
import { answerWords, CREATED, idOf, servedModel, sse, stringOf } from './exchange.ts';
import { openaiStreamError } from './failure.ts';
import type { Json } from './template.ts';
import { jsonArray, loadTemplates } from './template.ts';
import type { BilledTokens } from './tokens.ts';
import { NOTHING } from './tokens.ts';

const template = loadTemplates('openai-other');
const SSE_TYPE = 'text/event-stream; charset=utf-8';

const multipartField = (exchange: Exchange, name: string): string | undefined =>
  new RegExp(`name="${name}"\\r?\\n\\r?\\n([^\\r\\n]*)`).exec(exchange.raw.toString('latin1'))?.[1];

const modelOf = (exchange: Exchange, deployment: string | undefined): string | undefined =>
  stringOf(exchange.body, 'model') ?? deployment ?? multipartField(exchange, 'model');

const billing = (api: string, requestModel: string | undefined, tokens: BilledTokens, more: Partial<Billing> = {}): Billing => ({
  api,
  requestModel,
  model: undefined,
  responseId: undefined,
  tokens,
  ...more,
});

const whole = (body: Json, bill: Billing): Reply => ({ kind: 'whole', status: 200, body: body.json, billing: bill });

const sums = ({ tokens: t }: Exchange): { input: number; output: number; total: number } => ({
  input: t.input,
  output: t.output,
  total: t.input + t.output,
});

/** Answers the legacy completions, whole and as a stream. */
export const completions: Handler = (exchange, deployment) => {
  const requested = modelOf(exchange, deployment);
  const model = servedModel(exchange, requested, '');
  const id = idOf('cmpl-', exchange.number);
  const bill = billing('completions', requested, exchange.tokens, { model, responseId: id });
  const usage = template('usage_plain', sums(exchange));
  const head = { id, created: CREATED, model };
  const words = answerWords(exchange.script);
  const finish = exchange.script.finish ?? 'stop';
  if (exchange.body['stream'] !== true) return whole(template('completion', { ...head, text: words.join(''), finish, usage }), bill);
  const events = words.map((text) => sse(template('completion_chunk', { ...head, text, finish: null }).json));
  events.push(sse(template('completion_chunk', { ...head, text: '', finish }).json));
  const options = exchange.body['stream_options'] as { include_usage?: unknown } | undefined;
  if (options?.include_usage === true) events.push(sse(template('completion_usage', { ...head, usage }).json));
  events.push('data: [DONE]\n\n');
  return { kind: 'events', contentType: SSE_TYPE, events, errorEvent: openaiStreamError(), billing: bill };
};

const vector = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i + 1) / 8));

/** Answers embeddings, as floats or in base64, as asked. */
export const embeddings: Handler = (exchange, deployment) => {
  const requested = modelOf(exchange, deployment);
  const model = servedModel(exchange, requested, '');
  const { input } = exchange.body;
  const count = Array.isArray(input) && typeof input[0] !== 'number' ? input.length : 1;
  const dimensions = typeof exchange.body['dimensions'] === 'number' ? exchange.body['dimensions'] : 8;
  const values = vector(dimensions);
  const embedding = exchange.body['encoding_format'] === 'base64' ? Buffer.from(Float32Array.from(values).buffer).toString('base64') : values;
  const data = Array.from({ length: count }, (_, index): Json => ({ json: JSON.stringify({ object: 'embedding', index, embedding }) }));
  const tokens = { ...NOTHING, input: exchange.tokens.input };
  return whole(template('embeddings', { data: jsonArray(data), model, input: tokens.input }), billing('embeddings', requested, tokens, { model }));
};

/** Answers image generation, edits and variations, whole and as a stream. */
export const images: Handler = (exchange, deployment) => {
  const requested = modelOf(exchange, deployment);
  const api = exchange.path.endsWith('edits') ? 'images.edit' : 'images.generate';
  const tokens = { ...exchange.tokens, output: exchange.script.outputTokens ?? 272 };
  const bill = billing(api, requested, tokens);
  const holes = { created: CREATED, input: tokens.input, output: tokens.output, total: tokens.input + tokens.output };
  const streamed = exchange.body['stream'] === true || multipartField(exchange, 'stream') === 'true';
  if (!streamed) return whole(template('image', holes), bill);
  const prefix = api === 'images.edit' ? 'image_edit' : 'image_generation';
  const event = (name: string, type: string): string => sse(template(name, { ...holes, type }).json, type);
  const events = [event('image_event', `${prefix}.partial_image`), event('image_done', `${prefix}.completed`)];
  return { kind: 'events', contentType: SSE_TYPE, events, errorEvent: openaiStreamError(), billing: bill };
};

/** Answers transcriptions and translations, whole and as a stream. */
export const transcriptions: Handler = (exchange, deployment) => {
  const requested = modelOf(exchange, deployment);
  const api = exchange.path.endsWith('translations') ? 'audio.translations' : 'audio.transcriptions';
  const bill = billing(api, requested, exchange.tokens);
  const words = answerWords(exchange.script);
  const text = words.join('');
  if (multipartField(exchange, 'stream') !== 'true') return whole(template('transcription', { text, ...sums(exchange) }), bill);
  const events = words.map((word) => sse(template('transcript_delta', { text: word }).json, 'transcript.text.delta'));
  events.push(sse(template('transcript_done', { text, ...sums(exchange) }).json, 'transcript.text.done'));
  return { kind: 'events', contentType: SSE_TYPE, events, errorEvent: openaiStreamError(), billing: bill };
};

/** Answers speech with a few bytes of sound. */
export const speech: Handler = (exchange, deployment) => ({
  kind: 'whole',
  status: 200,
  contentType: 'audio/mpeg',
  body: Buffer.alloc(2_048, 7),
  billing: billing('audio.speech', modelOf(exchange, deployment), NOTHING),
});

/** Answers moderations; free. */
export const moderations: Handler = (exchange) => {
  const requested = stringOf(exchange.body, 'model') ?? 'omni-moderation-latest';
  const id = idOf('modr-', exchange.number);
  return whole(template('moderation', { id, model: requested }), billing('moderations', requested, NOTHING, { model: requested, responseId: id }));
};

const RESULTS = 'file-results';

/** Answers everything about batches; the one named `batch_completed` has results. */
export const batches: Handler = (exchange) => {
  const id = /batches\/([^/]+)/.exec(exchange.path)?.[1] ?? idOf('batch_', exchange.number);
  const isDone = id === 'batch_completed';
  const status = exchange.path.endsWith('/cancel') ? 'cancelling' : isDone ? 'completed' : 'validating';
  const batch = template('batch', { id, created: CREATED, status, results: isDone ? RESULTS : null });
  const list = exchange.method === 'GET' && exchange.path.endsWith('batches');
  return whole(list ? template('list', { data: jsonArray([batch]) }) : batch, billing('batches', undefined, NOTHING, { responseId: id }));
};

const resultLines = (exchange: Exchange): string => {
  const reply = completions(exchange, 'gpt-4o-mini');
  return reply.kind === 'whole' ? `${template('batch_line', { body: { json: String(reply.body) } }).json}\n`.repeat(3) : '';
};

/** Answers uploads of files, their retrieval, and the results of a batch. */
export const files: Handler = (exchange) => {
  const bill = billing('files', undefined, NOTHING);
  if (!exchange.path.endsWith(`/${RESULTS}/content`)) return whole(template('file', { created: CREATED }), bill);
  return { kind: 'whole', status: 200, contentType: 'application/octet-stream', body: resultLines(exchange), billing: bill };
};

/** Answers the list of models and one model. */
export const models: Handler = (exchange) => {
  const one = /models\/([^/]+)$/.exec(exchange.path)?.[1];
  const model = template('model', { model: one ?? 'gpt-4o-mini' });
  return whole(one === undefined ? template('list', { data: jsonArray([model]) }) : model, billing('models', one, NOTHING));
};
