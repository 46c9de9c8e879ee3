import type { Dialect, Operation } from '../../call/call.ts';
import { batchFile, madeBatch } from './batch-files.ts';
import type { Endpoint } from './dialect.ts';
import { googleEndpoint } from './endpoint-google.ts';
import { isKnownHost } from './hosts.ts';

/** The end of a path: its last three segments, the last one first, and the query. */
interface Tail {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly last: string;
  readonly second: string;
  readonly third: string;
  /** Whether the caller vouches for the host. */
  readonly vouched: boolean;
  /** Everything before the last two segments hints at a versioned API, or the caller vouches for the host. */
  readonly trusted: boolean;
  readonly host: string;
}

type Match = (tail: Tail) => Endpoint | undefined;

const isVersion = (segment: string): boolean => /^v\d/.test(segment);

const endpoint = (dialect: Dialect, operation: Operation, model?: string, stream = false): Endpoint => ({ dialect, operation, model, stream });

// Azure names the model by its deployment: /openai/deployments/{deployment}/chat/completions.
const deploymentOf = (path: string): string | undefined => {
  const at = path.indexOf('/deployments/');
  if (at < 0) return undefined;
  const from = at + '/deployments/'.length;
  const to = path.indexOf('/', from);
  return decoded(path.slice(from, to < 0 ? undefined : to)) || undefined;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const openai =
  (dialect: Dialect, operation: Operation, parent?: string): Match =>
  (tail) => {
    if (tail.method !== 'POST') return undefined;
    if (parent === undefined ? !tail.trusted : tail.second !== parent) return undefined;
    return endpoint(dialect, operation, deploymentOf(tail.path));
  };

const completions: Match = (tail) => {
  if (tail.method !== 'POST') return undefined;
  if (tail.second === 'chat') return endpoint(tail.host.endsWith('mistral.ai') ? 'mistral.chat' : 'openai.chat', 'chat', deploymentOf(tail.path));
  if (tail.second === 'fim') return endpoint('mistral.chat', 'text_completion');
  if (tail.second === 'agents') return endpoint('mistral.chat', 'chat');
  return tail.trusted ? endpoint('openai.completions', 'text_completion', deploymentOf(tail.path)) : undefined;
};

const messages: Match = (tail) => (tail.method === 'POST' && isVersion(tail.second) ? endpoint('anthropic.messages', 'chat') : undefined);

const batches: Match = (tail) => {
  if (tail.method !== 'POST') return undefined;
  if (tail.second === 'messages') return endpoint('anthropic.batches', 'batch');
  return tail.trusted ? endpoint('openai.batches', 'batch') : undefined;
};

// A version and a plain word name no API: somebody's own /v1/chat looks the same.
const cohere =
  (operation: Operation): Match =>
  (tail) =>
    tail.method === 'POST' && isVersion(tail.second) && (tail.vouched || tail.host.includes('cohere')) ? endpoint('cohere.chat', operation) : undefined;

// Ollama's own /api/chat: many apps have one of their own.
const ollama =
  (operation: Operation): Match =>
  (tail) =>
    tail.method === 'POST' && tail.second === 'api' && (tail.vouched || tail.third === 'ollama' || tail.host.includes('ollama'))
      ? endpoint('ollama.chat', operation)
      : undefined;

const either =
  (one: Match, other: Match): Match =>
  (tail) =>
    one(tail) ?? other(tail);

// Bedrock: /model/{id}/converse. Which operation an invoked model serves, only its name tells.
const bedrock =
  (dialect: Dialect, stream: boolean): Match =>
  (tail) => {
    if (tail.method !== 'POST' || tail.third !== 'model') return undefined;
    const model = decoded(tail.second);
    const embeds = dialect === 'bedrock.invoke_model' && model.includes('embed');
    return endpoint(dialect, embeds ? 'embeddings' : 'chat', model, stream);
  };

// Words of everyday services, which count only where the host is a model provider's.
const provided =
  (match: Match): Match =>
  (tail) =>
    tail.method === 'POST' && (tail.vouched || isKnownHost(tail.host)) ? match(tail) : undefined;

const video: Match = provided(() => endpoint('openai.videos', 'generate_content'));

const ofVideo: Match = (tail) => (tail.second === 'videos' || tail.third === 'videos' ? video(tail) : undefined);

const edits: Match = (tail) => ofVideo(tail) ?? openai('openai.images', 'generate_content', 'images')(tail);

// Runs of assistants: /threads/runs, /threads/{id}/runs, /threads/{id}/runs/{id}/submit_tool_outputs.
const run: Match = provided((tail) => (tail.path.includes('/threads/') ? endpoint('openai.agents', 'invoke_agent') : undefined));

// Agents that a provider runs: /agents/sessions at OpenAI; /v1/sessions, /v1/dreams and runs of deployments at Anthropic. Events of a session set its agent to work.
const session: Match = provided(({ path, host, vouched }) => {
  if (path.includes('/agents/sessions')) return endpoint('openai.agents', 'invoke_agent');
  return /\/v\d+\/(?:sessions|dreams|sessions\/[^/]+\/events|deployments\/[^/]+\/run)$/.test(path) && (vouched || host.endsWith('anthropic.com'))
    ? endpoint('anthropic.agents', 'invoke_agent')
    : undefined;
});

// Agents that Bedrock runs, and its answers from a knowledge base.
const bedrockAgent: Match = provided(({ host }) => (host.startsWith('bedrock-agent') ? endpoint('bedrock.agents', 'invoke_agent') : undefined));

// The Vercel AI gateway in the AI SDK's own form: /v4/ai/language-model. What a video or a reranking costs, only the gateway itself says.
const gateway =
  (dialect: Dialect, operation: Operation): Match =>
  (tail) =>
    tail.method === 'POST' && (tail.second === 'ai' || tail.third === 'ai') ? endpoint(dialect, operation) : undefined;

/** By last segment. Everything that is not here and not below is no model call: files, models, assistants, uploads and the like. */
const BY_LAST: ReadonlyMap<string, Match> = new Map<string, Match>([
  ['completions', completions],
  ['responses', openai('openai.responses', 'chat')],
  ['compact', openai('openai.responses', 'chat', 'responses')],
  ['input_tokens', openai('openai.other', 'count_tokens', 'responses')],
  ['embeddings', openai('openai.embeddings', 'embeddings')],
  ['generations', openai('openai.images', 'generate_content', 'images')],
  ['edits', edits],
  ['variations', openai('openai.images', 'generate_content', 'images')],
  ['transcriptions', openai('openai.audio', 'generate_content', 'audio')],
  ['translations', openai('openai.audio', 'generate_content', 'audio')],
  ['speech', openai('openai.audio', 'generate_content', 'audio')],
  ['moderations', openai('openai.moderations', 'moderation')],
  ['decisions', openai('openai.decisions', 'generate_content')],
  ['videos', video],
  ['extensions', ofVideo],
  ['remix', ofVideo],
  ['runs', run],
  ['submit_tool_outputs', run],
  ['sessions', session],
  ['events', session],
  ['dreams', session],
  ['run', session],
  ['batches', batches],
  ['messages', messages],
  ['count_tokens', (tail) => (tail.method === 'POST' && tail.second === 'messages' ? endpoint('anthropic.count_tokens', 'count_tokens') : undefined)],
  ['complete', (tail) => (tail.method === 'POST' && isVersion(tail.second) ? endpoint('anthropic.other', 'text_completion') : undefined)],
  ['interactions', (tail) => (tail.method === 'POST' && isVersion(tail.second) ? endpoint('google.interactions', 'generate_content') : undefined)],
  ['chat', either(cohere('chat'), ollama('chat'))],
  ['embed', either(cohere('embeddings'), ollama('embeddings'))],
  ['generate', ollama('text_completion')],
  [
    'count-tokens',
    (tail) => (bedrock('bedrock.converse', false)(tail) === undefined ? undefined : endpoint('bedrock.converse', 'count_tokens', decoded(tail.second))),
  ],
  ['text', bedrockAgent],
  ['retrieveAndGenerate', bedrockAgent],
  ['retrieveAndGenerateStream', bedrockAgent],
  ['language-model', gateway('ai_gateway.language_model', 'chat')],
  ['embedding-model', gateway('ai_gateway.embedding_model', 'embeddings')],
  ['image-model', gateway('ai_gateway.other', 'generate_content')],
  ['speech-model', gateway('ai_gateway.other', 'generate_content')],
  ['transcription-model', gateway('ai_gateway.other', 'generate_content')],
  ['decision-model', gateway('ai_gateway.other', 'generate_content')],
  ['video-model', gateway('ai_gateway.other', 'generate_content')],
  ['reranking-model', gateway('ai_gateway.other', 'other')],
  ['converse', bedrock('bedrock.converse', false)],
  ['converse-stream', bedrock('bedrock.converse', true)],
  ['invoke', bedrock('bedrock.invoke_model', false)],
  ['invoke-with-response-stream', bedrock('bedrock.invoke_model', true)],
]);

const wantsStream = (query: string): boolean => query.includes('stream=true');

const isBatchResult = (tail: Tail): boolean => tail.last === 'results' && tail.third === 'batches' && tail.path.includes('/messages/');

const batchesOf = (tail: Tail): Dialect => {
  if (tail.path.includes('/messages/')) return 'anthropic.batches';
  return tail.host.endsWith('googleapis.com') || tail.third === 'v1beta' ? 'google.batches' : 'openai.batches';
};

/** A stored answer that is fetched again, or a batch that is asked after, by the segment before its id. */
const BY_PARENT: ReadonlyMap<string, Match> = new Map<string, Match>([
  ['responses', (tail) => (tail.trusted ? endpoint('openai.responses', 'fetch_response', undefined, wantsStream(tail.query)) : undefined)],
  ['completions', (tail) => (tail.third === 'chat' ? endpoint('openai.chat', 'fetch_response') : undefined)],
  ['interactions', (tail) => (isVersion(tail.third) ? endpoint('google.interactions', 'fetch_response', undefined, wantsStream(tail.query)) : undefined)],
  ['batches', (tail) => (tail.trusted || tail.third === 'messages' ? madeBatch(batchesOf(tail)) : undefined)],
]);

const byParent = (tail: Tail): Endpoint | undefined => {
  if (tail.last === 'cancel') return tail.third === 'batches' && tail.method === 'POST' ? madeBatch(batchesOf(tail)) : undefined;
  if (tail.method !== 'GET') return undefined;
  if (isBatchResult(tail)) return madeBatch('anthropic.batch_results');
  if (tail.last === 'content') return tail.third === 'files' ? batchFile('openai.batch_results', decoded(tail.second)) : undefined;
  return BY_PARENT.get(tail.second)?.(tail);
};

// Mistral's conversations are begun, gone on with and begun anew: /conversations, /conversations/{id}, /conversations/{id}/restart. OpenAI's of that name ask no model.
const CONVERSATIONS = /\/v\d+\/conversations(?:\/[^/]+(?:\/restart)?)?$/;

const conversation = (method: string, clean: string): Endpoint | undefined =>
  method === 'POST' && CONVERSATIONS.test(clean) ? endpoint('mistral.conversations', 'chat') : undefined;

const cut = (path: string): { readonly clean: string; readonly query: string } => {
  const hash = path.indexOf('#');
  const whole = hash < 0 ? path : path.slice(0, hash);
  const mark = whole.indexOf('?');
  const clean = mark < 0 ? whole : whole.slice(0, mark);
  return { clean: clean.endsWith('/') ? clean.slice(0, -1) : clean, query: mark < 0 ? '' : whole.slice(mark + 1) };
};

// Plain words such as `responses` or `batches` end the paths of many services: elsewhere they count only below a version or an `openai` segment.
const isModelPath = (clean: string, host: string): boolean => isKnownHost(host) || /\/(v\d[^/]*|openai)\//.test(clean);

/**
 * Says what a method and a path mean, or `undefined` for what is no model call. The path may carry any prefix and a query.
 * @param host the lower-case host name, which tells Mistral's, Cohere's and Ollama's own endpoints from compatible ones
 * @param strict set where nothing but the request itself says that a model is called, as on the wire: bare paths such as `/responses` then count
 *   only on known hosts or below a version, and Cohere's and Ollama's only on hosts of their names
 * @source paths: openai 7.57, @anthropic-ai/sdk 1.12, @google/genai 3.1; Azure, Vertex AI, Bedrock, Cohere and Ollama API references, 2026
 */
export const endpointOf = (method: string, path: string, host = '', strict = false): Endpoint | undefined => {
  const { clean, query } = cut(path);
  const slash = clean.lastIndexOf('/');
  const last = clean.slice(slash + 1);
  if (last.includes(':')) return googleEndpoint(method, clean, last);
  if (host.endsWith('mistral.ai') && clean.includes('/conversations')) return conversation(method, clean);
  const match = BY_LAST.get(last);
  if (match === undefined && method !== 'GET' && last !== 'cancel') return undefined;
  const before = clean.slice(0, Math.max(slash, 0));
  const upper = before.lastIndexOf('/');
  const third = before.slice(before.lastIndexOf('/', upper - 1) + 1, Math.max(upper, 0));
  const trusted = !strict || isModelPath(clean, host);
  const tail = { method, path: clean, query, last, second: before.slice(upper + 1), third, vouched: !strict, trusted, host };
  return match?.(tail) ?? byParent(tail);
};
