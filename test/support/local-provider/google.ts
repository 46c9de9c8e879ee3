import type { Billing, Exchange, Handler, Reply } from './exchange.ts';
import { answerWords, idOf, servedModel, stringOf, TOOL_ARGUMENTS } from './exchange.ts';
import { googleStreamError } from './failure.ts';
import type { Json } from './template.ts';
import { jsonArray, jsonMerge, loadTemplates } from './template.ts';
import type { BilledTokens } from './tokens.ts';
import { NOTHING } from './tokens.ts';

const template = loadTemplates('google');
const NONE: Json = { json: '{}' };

const usageOf = (t: BilledTokens, output: number): Json =>
  jsonMerge(
    template('usage', { input: t.input, visible: output - t.reasoning, total: t.input + output }),
    t.cached > 0 ? template('usage_cached', { cached: t.cached }) : NONE,
    t.reasoning > 0 ? template('usage_thoughts', { reasoning: t.reasoning }) : NONE,
  );

const parts = (exchange: Exchange): readonly Json[] => {
  const { script } = exchange;
  if (script.tool !== undefined) return [template('part_tool', { tool: script.tool, args: { json: JSON.stringify(TOOL_ARGUMENTS) } })];
  return answerWords(script).map((text) => template('part_text', { text }));
};

const billingOf = (exchange: Exchange, api: string, model: string | undefined, tokens: BilledTokens = exchange.tokens): Billing => ({
  api,
  requestModel: model,
  model: servedModel(exchange, model, ''),
  responseId: undefined,
  tokens,
});

const whole = (body: Json, billing: Billing): Reply => ({
  kind: 'whole',
  status: 200,
  contentType: 'application/json; charset=UTF-8',
  body: body.json,
  billing,
});

/** Answers generateContent. */
export const generateContent: Handler = (exchange, model) => {
  const id = idOf('g', exchange.number);
  const billing = { ...billingOf(exchange, 'generateContent', model), responseId: id };
  const texts = answerWords(exchange.script).join('');
  const body = template('body', {
    parts: exchange.script.tool === undefined ? jsonArray([template('part_text', { text: texts })]) : jsonArray(parts(exchange)),
    finish: exchange.script.finish ?? 'STOP',
    usage: exchange.script.usage === 'none' ? NONE : usageOf(exchange.tokens, exchange.tokens.output),
    model: billing.model ?? '',
    id,
  });
  return whole(body, billing);
};

/** Answers streamGenerateContent: server-sent events with `alt=sse`, one JSON array without. Every chunk carries usage. */
export const streamGenerateContent: Handler = (exchange, model) => {
  const id = idOf('g', exchange.number);
  const billing = { ...billingOf(exchange, 'generateContent', model), responseId: id };
  const { tokens: t, script } = exchange;
  const head = { model: billing.model ?? '', id };
  const pieces = parts(exchange);
  const objects = pieces.map((part, i) => {
    const last = i === pieces.length - 1;
    const soFar = last ? t.output : t.reasoning + Math.floor(((t.output - t.reasoning) * (i + 1)) / pieces.length);
    const usage = script.usage === 'none' ? NONE : usageOf(t, soFar);
    const holes = { ...head, parts: jsonArray([part]), usage };
    return last ? template('body', { ...holes, finish: script.finish ?? 'STOP' }).json : template('chunk', holes).json;
  });
  if (exchange.query.get('alt') === 'sse') {
    const events = objects.map((json) => `data: ${json}\r\n\r\n`);
    return { kind: 'events', contentType: 'text/event-stream', events, errorEvent: `data: ${googleStreamError()}\r\n\r\n`, billing };
  }
  const events = objects.map((json, i) => `${i === 0 ? '[' : '\r\n,\r\n'}${json}`);
  events.push('\r\n]\r\n');
  return { kind: 'events', contentType: 'application/json; charset=UTF-8', events, errorEvent: `\r\n,\r\n${googleStreamError()}\r\n]`, billing };
};

const VALUES: Json = { json: '[0.0125,-0.025,0.05,-0.1]' };

/** Answers embedContent and batchEmbedContents; Gemini reports no usage for them. */
export const embedContent: Handler = (exchange, model) => {
  const billing = { ...billingOf(exchange, 'embedContent', model, { ...NOTHING, input: exchange.tokens.input }), model: undefined };
  const { requests } = exchange.body;
  if (!exchange.path.endsWith(':batchEmbedContents')) return whole(template('embedding', { values: VALUES }), billing);
  const data = (Array.isArray(requests) ? requests : [0]).map((): Json => ({ json: `{"values":${VALUES.json}}` }));
  return whole(template('embeddings', { data: jsonArray(data) }), billing);
};

/** Answers countTokens; free. */
export const countContentTokens: Handler = (exchange, model) =>
  whole(template('count', { input: exchange.tokens.input }), { ...billingOf(exchange, 'countTokens', model, NOTHING), model: undefined });

/** Answers predict, which makes images. */
export const predict: Handler = (exchange, model) =>
  whole(template('prediction_images'), { ...billingOf(exchange, 'predict', model, NOTHING), model: undefined });

/** Answers the creation of cached content. */
export const cachedContents: Handler = (exchange) => {
  const model = stringOf(exchange.body, 'model') ?? 'models/gemini-2.5-flash';
  const body = template('cached_content', { id: `cachedContents/local${exchange.number}`, model, input: exchange.tokens.input });
  return whole(body, { ...billingOf(exchange, 'cachedContents', model, NOTHING), model: undefined });
};

/** Answers batchGenerateContent. */
export const batchGenerateContent: Handler = (exchange, model) =>
  whole(template('batch', { id: `batches/local${exchange.number}`, model: `models/${model ?? ''}` }), {
    ...billingOf(exchange, 'batches', model, NOTHING),
    model: undefined,
  });

/** Answers the list of models. */
export const googleModels: Handler = (exchange) => whole(template('models'), { ...billingOf(exchange, 'models', undefined, NOTHING), model: undefined });
