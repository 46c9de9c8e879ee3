import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Backend } from './backend.ts';
import { Collector } from './collector.ts';
import { counterRequest, logsRequest, send, type SpanSketch, spansRequest, traceId, type Value } from './otlp.ts';
import { type Part, VARIANTS } from './variants.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const random = (length: number): string => [...randomBytes(length)].map((byte) => LETTERS[byte % LETTERS.length]).join('');

/** Keys that look like real ones and open nothing, put together anew in each run; by what they look like. */
const makeKeys = (): Readonly<Record<string, string>> => ({
  openai: ['sk', 'proj', random(48)].join('-'),
  anthropic: ['sk', 'ant', 'api03', `${random(93)}AA`].join('-'),
  google: ['AI', 'za', 'Sy', random(33)].join(''),
  groq: ['gsk', random(52)].join('_'),
  xai: ['xai', random(80)].join('-'),
  aws: ['AK', 'IA', random(16).toUpperCase()].join(''),
  github: ['gh', 'p_', random(36)].join(''),
  slack: ['xo', 'xb-', '123456789012-', random(24)].join(''),
  stripe: ['sk', 'live', random(24)].join('_'),
  jwt: [['ey', 'J', random(20)].join(''), ['ey', 'J', random(40)].join(''), random(43)].join('.'),
  bearer: ['Bearer', random(40)].join(' '),
});

/** Attributes in which libraries carry what was said, one for each alternative of the configuration. */
const CONTENT = [
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.prompt.0.content',
  'gen_ai.completion.0.content',
  'gen_ai.content',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'gen_ai.tool.definitions',
  'gen_ai.request.messages',
  'gen_ai.response.text',
  'gen_ai.evaluation.explanation',
  'llm.prompts',
  'llm.input_messages.0.message.content',
  'llm.output_messages',
  'traceloop.entity.input',
  'traceloop.entity.output',
  'input.value',
  'output.value',
  'ai.prompt.messages',
  'ai.response.text',
  'ai.response.toolCalls',
  'ai.toolCall.args',
  'ai.value',
  'langfuse.observation.input',
  'langfuse.trace.output',
  'openinference.input',
  'purser.content.x',
] as const;

/** What must come through as it was. */
const KEPT: Readonly<Record<string, Value>> = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'gpt-5',
  'gen_ai.usage.prompt_tokens': 12,
  'gen_ai.usage.input_tokens': 1234567890123456,
  'gen_ai.usage.cost.amount': 0.0125,
  'gen_ai.response.id': 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
  'gen_ai.response.finish_reasons': ['stop', 'length'],
  'purser.call.id': '01998fa4-21f5-7c0f-9f64-1c0bdc2ab6e1',
  'gen_ai.output.type': 'text',
  'purser.tag.desk-of-the-harbour-master-of-today': 'risk-assessment-of-the-harbour',
};

const CONTENT_TEXT = 'The quick brown harbour master';

const spansWith = (keys: readonly string[]): SpanSketch[] =>
  keys.map((key) => ({
    name: `chat ${key}`,
    traceId: traceId(),
    status: { code: 2, message: `401: ${key} is wrong` },
    attributes: {
      ...KEPT,
      text: `my key is ${key}.`,
      json: JSON.stringify({ nested: [{ key }] }),
      list: ['a', key],
      mapping: { deep: { deeper: [key] } },
      'http.request.header.authorization': `plain-${key}`,
      ...Object.fromEntries(CONTENT.map((name) => [name, `${CONTENT_TEXT} ${key}`])),
    },
    events: [{ name: `event ${key}`, attributes: { 'exception.message': `bad key ${key}`, 'gen_ai.prompt': CONTENT_TEXT } }],
  }));

const sendAll = async (url: string, keys: readonly string[]): Promise<void> => {
  const target = { url };
  await send(target, 'traces', spansRequest(spansWith(keys), { 'process.command': `run --key ${keys[0]}` }, { scoped: keys[1] ?? '' }));
  await send(
    target,
    'logs',
    logsRequest([
      ...keys.map((key) => ({ body: `said ${key}`, attributes: { text: key, 'gen_ai.input.messages': CONTENT_TEXT } })),
      ...keys.map((key) => ({ body: { message: { text: key }, list: [key] } })),
      { eventName: 'gen_ai.client.inference.operation.details', body: CONTENT_TEXT, attributes: { 'gen_ai.output.messages': [CONTENT_TEXT] } },
      { body: { content: CONTENT_TEXT }, attributes: { 'event.name': 'gen_ai.user.message' } },
    ]),
  );
  await send(target, 'metrics', counterRequest('purser.test', 7, { 'purser.tenant': `t-${keys[0]}`, 'purser.service': 'desk' }));
};

const missing = (text: string): readonly string[] => Object.keys(KEPT).filter((key) => !text.includes(`"${key}"`));

const same = (backend: Backend): readonly string[] => {
  const spans = backend.spans.filter((span) => span.attributes['gen_ai.operation.name'] === 'chat');
  if (spans.length === 0) return ['no spans came'];
  return spans.flatMap((span) =>
    Object.entries(KEPT)
      .filter(([key, value]) => JSON.stringify(span.attributes[key]) !== JSON.stringify(value))
      .map(([key]) => `${key} came as ${JSON.stringify(span.attributes[key])}`),
  );
};

/** No planted key passes, wherever it stands; prompts and answers pass only when asked for; all else comes as it was. */
export const askClean = async (program: string, folder: string): Promise<Part> => {
  const keys = makeKeys();
  const values = Object.values(keys).map((key) => key.replace(/^Bearer /, ''));
  const against: string[] = [];
  const found = (bytes: string, where: string): void => {
    for (const [name, key] of Object.entries(keys))
      if (bytes.includes(key.replace(/^Bearer /, ''))) against.push(`${where}: the key that looks like ${name} passed`);
  };
  for (const keep of [false, true]) {
    const backend = await Backend.start();
    const collector = await Collector.start({
      program,
      configs: VARIANTS.main,
      env: { ...backend.env, PURSER_KEEP_CONTENT: String(keep), PURSER_SAMPLE_PERCENT: '100', PURSER_DECISION_WAIT: '1s' },
      folder: join(folder, `clean-${keep}`),
    });
    await sendAll(collector.url, Object.values(keys));
    await pause(4_000);
    const own = await collector.metrics();
    await collector.stop();
    const bytes = backend.bytes.toString('latin1');
    found(bytes, keep ? 'content kept' : 'main');
    found(own, "the Collector's own metrics");
    found(collector.log(), "the Collector's log");
    if (bytes.includes(CONTENT_TEXT) !== keep) against.push(keep ? 'content was asked for and dropped' : 'content passed that nobody asked for');
    const contents = backend.spans.flatMap((span) => CONTENT.filter((name) => name in span.attributes));
    if (keep && new Set(contents).size !== CONTENT.length) against.push('some content was dropped though it was asked for');
    against.push(...new Set(same(backend)));
    await backend.away();
  }
  const own = join(folder, 'clean-minimal');
  const file = join(own, 'otlp.jsonl');
  const collector = await Collector.start({
    program,
    configs: VARIANTS.minimal,
    env: { PURSER_COLLECTOR_FILE: file },
    folder: own,
    overlay: { exporters: { prometheus: { endpoint: '127.0.0.1:0' } } },
  });
  await sendAll(collector.url, Object.values(keys));
  await collector.stop();
  const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
  found(written, 'minimal');
  found(collector.log(), "minimal's log");
  if (written.includes(CONTENT_TEXT)) against.push('minimal: content passed that nobody asked for');
  against.push(...missing(written).map((key) => `minimal: ${key} is missing`));
  // Two names, a status, five attributes, content, an event's attribute, and in logs body, attribute, map and list.
  const places = 14;
  return {
    figures: { keysPlanted: values.length, placesOfEachKey: places, contentAttributes: CONTENT.length, cleanFaults: against.length },
    bars: { cleanFaults: 0 },
    against,
  };
};
