/** What arrives at a provider, address and body, where a budget's owner asked for another model or fewer tokens. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runPreloaded } from '../../support/preloaded.ts';
import { scratchFolder } from '../../support/scratch.ts';

type Json = Readonly<Record<string, unknown>>;

interface Sent {
  readonly row: string;
  readonly url: string;
  readonly body: Json;
}

const answerTo = (url: string, body: Json): unknown => {
  if (url.includes('enerateContent'))
    return {
      candidates: [{ content: { role: 'model', parts: [{ text: 'x' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    };
  const { model } = body;
  if (url.endsWith('/messages') || url.endsWith('/invoke'))
    return { id: 'm', type: 'message', role: 'assistant', model, content: [{ type: 'text', text: 'x' }], usage: { input_tokens: 1, output_tokens: 1 } };
  if (url.endsWith('/converse')) return { output: { message: { role: 'assistant', content: [{ text: 'x' }] } }, usage: { inputTokens: 1, outputTokens: 1 } };
  if (url.endsWith('/responses')) return { id: 'r', object: 'response', model, output: [], usage: { input_tokens: 1, output_tokens: 1 } };
  if (url.endsWith('/interactions')) return { id: 'i', model, status: 'completed', outputs: [], usage: { total_input_tokens: 1, total_output_tokens: 1 } };
  return {
    id: 'c',
    model,
    choices: [{ index: 0, text: 'x', message: { content: 'x' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  };
};

/** A provider that writes down what it is sent. */
const startRecorder = async (): Promise<{ readonly base: string; readonly sent: readonly Sent[] }> => {
  const sent: Sent[] = [];
  let row = '';
  const server = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk: Buffer) => (text += chunk.toString()));
    req.on('end', () => {
      const url = req.url ?? '';
      if (url.startsWith('/row/')) {
        row = decodeURIComponent(url.slice(5));
        res.end();
        return;
      }
      const body = JSON.parse(text) as Json;
      sent.push({ row, url, body });
      const answer = JSON.stringify(answerTo(url.replace(/\?.*/, ''), body));
      const streams = url.includes('alt=sse');
      res.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' });
      res.end(streams ? `data: ${answer}\r\n\r\n` : answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent };
};

const HOSTS = {
  '127.0.0.1/openai': 'openai',
  '127.0.0.1/groq': 'groq',
  '127.0.0.1/anthropic': 'anthropic',
  '127.0.0.1/gemini': 'gcp.gemini',
  '127.0.0.1/vertex': 'gcp.vertex_ai',
  '127.0.0.1/bedrock': 'aws.bedrock',
};

const HEAD = `
import { AzureOpenAI } from 'openai';
const at = process.env.RECORDER;
const oai = new OpenAI({ apiKey: key, baseURL: at + '/openai/v1' });
const groq = new OpenAI({ apiKey: key, baseURL: at + '/groq/v1' });
const azure = (deployment) => new AzureOpenAI({ apiKey: key, endpoint: at + '/azure', apiVersion: '2025-01-01', deployment });
const claude = new Anthropic({ apiKey: key, baseURL: at + '/anthropic' });
const google = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: at + '/gemini' } });
const older = (generationConfig) => new GoogleGenerativeAI(key).getGenerativeModel({ model: 'gemini-2.5-pro', generationConfig }, { baseUrl: at + '/gemini' });
const post = async (path, body, more = {}) => {
  const response = await fetch(at + path, { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer ' + key, ...more }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(JSON.stringify(answer)), { status: response.status });
};
const messages = [{ role: 'user', content: 'hi' }];
const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
const all = async (stream) => { for await (const _ of stream); };
const row = async (name, work) => {
  await fetch(at + '/row/' + encodeURIComponent(name));
  await work().then(() => print({ row: name, ok: true }), (error) => print({ row: name, ok: false, status: error.status, message: error.message }));
};
`;

interface Row {
  readonly name: string;
  /** What the app does. */
  readonly does: string;
  /** How the address ends, and what is in the body; `refused` where nothing may be sent. */
  readonly sends: readonly [string, Json] | 'refused';
}

const few = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 1000 && value < 3000);
const none = undefined;

const CLAMPED: readonly Row[] = [
  {
    name: 'openai chat without a bound',
    does: `oai.chat.completions.create({ model: 'gpt-5.4', messages })`,
    sends: ['/chat/completions', { max_completion_tokens: few, max_tokens: none }],
  },
  {
    name: 'openai chat with max_tokens',
    does: `oai.chat.completions.create({ model: 'gpt-5.4', messages, max_tokens: 5000 })`,
    sends: ['/chat/completions', { max_tokens: few, max_completion_tokens: none }],
  },
  {
    name: 'another host without a bound',
    does: `groq.chat.completions.create({ model: 'llama-3.3-70b-versatile', messages })`,
    sends: ['/chat/completions', { max_tokens: few, max_completion_tokens: none }],
  },
  {
    name: 'azure without a bound',
    does: `azure('prod').chat.completions.create({ model: 'gpt-5.4', messages })`,
    sends: ['/deployments/prod/chat/completions?api-version=2025-01-01', { max_completion_tokens: few, max_tokens: none }],
  },
  {
    name: 'responses without a bound',
    does: `oai.responses.create({ model: 'gpt-5.4', input: 'hi' })`,
    sends: ['/responses', { max_output_tokens: few, max_tokens: none }],
  },
  {
    name: 'legacy completions',
    does: `oai.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'hi', max_tokens: 5000 })`,
    sends: ['/completions', { max_tokens: few }],
  },
  { name: 'anthropic', does: `claude.messages.create({ model: 'claude-opus-4-1', max_tokens: 5000, messages })`, sends: ['/v1/messages', { max_tokens: few }] },
  {
    name: 'anthropic, thinking below',
    does: `claude.messages.create({ model: 'claude-opus-4-1', max_tokens: 5000, thinking: { type: 'enabled', budget_tokens: 1024 }, messages })`,
    sends: ['/v1/messages', { max_tokens: few, thinking: { type: 'enabled', budget_tokens: 1024 } }],
  },
  {
    name: 'anthropic, thinking above',
    does: `claude.messages.create({ model: 'claude-opus-4-1', max_tokens: 5000, thinking: { type: 'enabled', budget_tokens: 4000 }, messages })`,
    sends: 'refused',
  },
  {
    name: 'genai',
    does: `google.models.generateContent({ model: 'gemini-2.5-pro', contents: 'hi', config: { maxOutputTokens: 5000, temperature: 0 } })`,
    sends: ['/models/gemini-2.5-pro:generateContent', { generationConfig: { maxOutputTokens: few, temperature: 0 }, max_tokens: none }],
  },
  {
    name: 'genai stream without a bound',
    does: `google.models.generateContentStream({ model: 'gemini-2.5-pro', contents: 'hi' }).then(all)`,
    sends: ['/models/gemini-2.5-pro:streamGenerateContent?alt=sse', { generationConfig: { maxOutputTokens: few } }],
  },
  {
    name: 'genai interactions',
    does: `google.interactions.create({ model: 'gemini-2.5-pro', input: 'hi', generation_config: { max_output_tokens: 5000 } })`,
    sends: ['/interactions', { model: 'gemini-2.5-pro', generation_config: { max_output_tokens: few } }],
  },
  {
    name: 'generative-ai without a bound',
    does: `older().generateContent('hi')`,
    sends: ['/models/gemini-2.5-pro:generateContent', { generationConfig: { maxOutputTokens: few } }],
  },
  {
    name: 'fetch, gemini',
    does: `post('/gemini/v1beta/models/gemini-2.5-pro:generateContent', { contents, generationConfig: { maxOutputTokens: 5000, topK: 3 } })`,
    sends: ['/models/gemini-2.5-pro:generateContent', { generationConfig: { maxOutputTokens: few, topK: 3 }, max_tokens: none }],
  },
  {
    name: 'fetch, responses',
    does: `post('/openai/v1/responses', { model: 'gpt-5.4', input: 'hi' })`,
    sends: ['/responses', { max_output_tokens: few, max_tokens: none }],
  },
  {
    name: 'fetch, chat',
    does: `post('/openai/v1/chat/completions', { model: 'gpt-5.4', messages })`,
    sends: ['/chat/completions', { max_completion_tokens: few, max_tokens: none }],
  },
  {
    name: 'fetch, converse',
    does: `post('/bedrock/model/amazon.nova-pro-v1%3A0/converse', { messages: [{ role: 'user', content: [{ text: 'hi' }] }], inferenceConfig: { maxTokens: 5000, topP: 1 } })`,
    sends: ['/model/amazon.nova-pro-v1%3A0/converse', { inferenceConfig: { maxTokens: few, topP: 1 }, max_tokens: none }],
  },
  {
    name: 'fetch, invoke of nova',
    does: `post('/bedrock/model/amazon.nova-pro-v1%3A0/invoke', { messages: [{ role: 'user', content: [{ text: 'hi' }] }], inferenceConfig: { max_new_tokens: 5000 } })`,
    sends: ['/invoke', { inferenceConfig: { max_new_tokens: few }, max_tokens: none }],
  },
  {
    name: 'fetch, invoke without a bound',
    does: `post('/bedrock/model/meta.llama3-70b-instruct-v1%3A0/invoke', { prompt: 'hi' })`,
    sends: 'refused',
  },
  {
    name: 'converse that the AWS SDK has signed',
    does: `post('/bedrock/model/amazon.nova-pro-v1%3A0/converse', { messages: [{ role: 'user', content: [{ text: 'hi' }] }], inferenceConfig: { maxTokens: 5000 } }, { 'user-agent': 'aws-sdk-js/3.1000.0' })`,
    sends: 'refused',
  },
  {
    name: 'a conversation that is made shorter has no bound',
    does: `oai.post('/responses/compact', { body: { model: 'gpt-5.4', input: 'hi' } })`,
    sends: 'refused',
  },
];

const DOWNGRADED: readonly Row[] = [
  {
    name: 'openai chat',
    does: `oai.chat.completions.create({ model: 'gpt-5.4', messages, max_completion_tokens: 1000 })`,
    sends: ['/chat/completions', { model: 'gpt-5.4-mini', max_completion_tokens: 1000 }],
  },
  {
    name: 'azure, the deployment is the model',
    does: `azure('gpt-5.4').chat.completions.create({ model: 'gpt-5.4', messages, max_completion_tokens: 1000 })`,
    sends: ['/azure/openai/deployments/gpt-5.4-mini/chat/completions?api-version=2025-01-01', { model: 'gpt-5.4-mini' }],
  },
  {
    name: 'azure, the model names the deployment',
    does: `azure().chat.completions.create({ model: 'gpt-5.4', messages, max_completion_tokens: 1000 })`,
    sends: ['/azure/openai/deployments/gpt-5.4-mini/chat/completions?api-version=2025-01-01', { model: 'gpt-5.4-mini' }],
  },
  {
    name: 'azure, a deployment of another name',
    does: `azure('prod').chat.completions.create({ model: 'gpt-5.4', messages, max_completion_tokens: 1000 })`,
    sends: 'refused',
  },
  {
    name: 'azure responses, whatever the deployment',
    does: `azure('prod').responses.create({ model: 'gpt-5.4', input: 'hi', max_output_tokens: 1000 })`,
    sends: ['/azure/openai/responses?api-version=2025-01-01', { model: 'gpt-5.4-mini' }],
  },
  {
    name: 'fetch, azure',
    does: `post('/azure/openai/deployments/gpt-5.4/chat/completions?api-version=2025-01-01', { messages, max_completion_tokens: 1000 })`,
    sends: 'refused',
  },
  {
    name: 'anthropic',
    does: `claude.messages.create({ model: 'claude-opus-4-1', max_tokens: 1000, messages })`,
    sends: ['/v1/messages', { model: 'claude-haiku-4-5', max_tokens: 1000 }],
  },
  {
    name: 'genai',
    does: `google.models.generateContent({ model: 'gemini-2.5-pro', contents: 'hi', config: { maxOutputTokens: 1000 } })`,
    sends: ['/models/gemini-2.5-flash-lite:generateContent', { generationConfig: { maxOutputTokens: 1000 }, model: none }],
  },
  {
    name: 'genai with a folder',
    does: `google.models.generateContent({ model: 'models/gemini-2.5-pro', contents: 'hi', config: { maxOutputTokens: 1000 } })`,
    sends: ['/gemini/v1/models/gemini-2.5-flash-lite:generateContent', { model: none }],
  },
  {
    name: 'genai stream',
    does: `google.models.generateContentStream({ model: 'gemini-2.5-pro', contents: 'hi', config: { maxOutputTokens: 1000 } }).then(all)`,
    sends: ['/models/gemini-2.5-flash-lite:streamGenerateContent?alt=sse', { generationConfig: { maxOutputTokens: 1000 } }],
  },
  {
    name: 'generative-ai',
    does: `older({ maxOutputTokens: 1000 }).generateContent('hi')`,
    sends: ['/v1beta/models/gemini-2.5-flash-lite:generateContent', { generationConfig: { maxOutputTokens: 1000 } }],
  },
  {
    name: 'generative-ai stream',
    does: `older({ maxOutputTokens: 1000 }).generateContentStream('hi').then(({ stream }) => all(stream))`,
    sends: ['/v1beta/models/gemini-2.5-flash-lite:streamGenerateContent?alt=sse', { generationConfig: { maxOutputTokens: 1000 } }],
  },
  {
    name: 'genai interactions',
    does: `google.interactions.create({ model: 'gemini-2.5-pro', input: 'hi', generation_config: { max_output_tokens: 1000 } })`,
    sends: ['/interactions', { model: 'gemini-2.5-flash-lite' }],
  },
  {
    name: 'fetch, gemini',
    does: `post('/gemini/v1beta/models/gemini-2.5-pro:generateContent', { contents, generationConfig: { maxOutputTokens: 1000 } })`,
    sends: 'refused',
  },
  {
    name: 'fetch, claude on vertex',
    does: `post('/vertex/v1/projects/p/locations/l/publishers/anthropic/models/claude-opus-4-1:rawPredict', { anthropic_version: 'vertex-2023-10-16', messages, max_tokens: 1000 })`,
    sends: 'refused',
  },
  {
    name: 'fetch, claude on bedrock',
    does: `post('/bedrock/model/anthropic.claude-opus-4-1-20250805-v1%3A0/invoke', { anthropic_version: 'bedrock-2023-05-31', messages, max_tokens: 1000 })`,
    sends: 'refused',
  },
  {
    name: 'fetch, a place that the model has at a host',
    does: `post('/openai/models/gpt-5.4/v1/chat/completions', { model: 'gpt-5.4', messages, max_completion_tokens: 1000 })`,
    sends: 'refused',
  },
  {
    name: 'fetch, chat',
    does: `post('/openai/v1/chat/completions', { model: 'gpt-5.4', messages, max_completion_tokens: 1000 })`,
    sends: ['/chat/completions', { model: 'gpt-5.4-mini', max_completion_tokens: 1000 }],
  },
];

const models = {
  'gpt-5.4': 'gpt-5.4-mini',
  'claude-opus-4-1': 'claude-haiku-4-5',
  'gemini-2.5-pro': 'gemini-2.5-flash-lite',
  'anthropic.claude-opus-4-1-20250805-v1:0': 'anthropic.claude-haiku-4-5-20251001-v1:0',
};

test.each([
  ['clamp', { unit: 'tokens', limit: 3000, action: { kind: 'clamp', minTokens: 100 } }, CLAMPED],
  ['downgrade', { limit: '0.01', action: { kind: 'downgrade', models } }, DOWNGRADED],
] as const)('%s: what is sent is what was admitted, or nothing is', { timeout: 60_000 }, async (_, budget, rows) => {
  const { base, sent } = await startRecorder();
  const file = join(scratchFolder(), 'purser.config.json');
  const budgets = [{ id: 'b', window: 'day', mode: 'enforce', ...budget }];
  writeFileSync(file, JSON.stringify({ budgets, providers: { hosts: HOSTS } }));
  const calls = rows.map(({ name, does }) => `await row(${JSON.stringify(name)}, async () => ${does});`).join('\n');
  const ran = await runPreloaded(HEAD + calls, { PURSER_CONFIG: file, RECORDER: base });
  const said = ran.printed as readonly { readonly row: string; readonly ok: boolean; readonly status?: number }[];
  // Of what arrived, that part of the address and of the body that a row speaks of.
  const arrived = rows.map(({ name, sends }) => {
    const statuses = said.filter(({ row }) => row === name).map(({ ok, status }) => (ok ? 'ok' : status));
    const requests = sent.filter(({ row }) => row === name);
    if (sends === 'refused') return { name, statuses, requests };
    const [end, wanted] = sends;
    const parts = requests.map(({ url, body }) => [url.slice(-end.length), Object.fromEntries(Object.keys(wanted).map((key) => [key, body[key]]))]);
    return { name, statuses, requests: parts };
  });
  const wanted = rows.map(({ name, sends }) => (sends === 'refused' ? { name, statuses: [402], requests: [] } : { name, statuses: ['ok'], requests: [sends] }));
  expect(arrived).toEqual(wanted);
  expect(ran.stderr).toBe('');
});
