/** Sends recorded requests through the real SDKs, each by the method that an app would use, and reads the answer to its end. */
import { File } from 'node:buffer';

type Record_ = Record<string, unknown>;

/** One line of a recordings file, as far as it is used here. */
export interface Recording {
  readonly id: string;
  readonly provider: string;
  readonly vendor: string;
  readonly api: string;
  readonly stream: boolean;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly host: string | null;
    readonly headers: Record<string, string>;
    readonly body?: Record_;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body?: unknown;
    readonly sse_text?: string;
    readonly body_text?: string;
  };
  readonly expected: Record_;
}

/** A way to send a recording: which SDK, and how. */
export interface Sender {
  readonly sdk: string;
  send(recording: Recording): Promise<unknown>;
}

const readAll = async (stream: unknown): Promise<number> => {
  let events = 0;
  for await (const event of stream as AsyncIterable<unknown>) if (event !== undefined) events++;
  return events;
};

interface Resources {
  [name: string]: Resources & ((...args: readonly unknown[]) => Promise<unknown>);
}

const method = (client: unknown, path: string): ((...args: readonly unknown[]) => Promise<unknown>) | undefined => {
  let owner = client as Resources;
  const names = path.split('.');
  for (const name of names.slice(0, -1)) owner = owner[name] as Resources;
  const found = owner?.[names.at(-1) ?? ''];
  return typeof found === 'function' ? (...args) => Reflect.apply(found, owner, args) : undefined;
};

const OPENAI_METHODS: Record<string, string> = {
  'chat.completions': 'chat.completions.create',
  responses: 'responses.create',
  'responses.compact': 'responses.compact',
  'responses.input_tokens': 'responses.inputTokens.count',
  completions: 'completions.create',
  embeddings: 'embeddings.create',
  'images.generate': 'images.generate',
  'images.edit': 'images.edit',
  moderations: 'moderations.create',
  'audio.transcriptions': 'audio.transcriptions.create',
  'audio.translations': 'audio.translations.create',
};

const file = (): File => new File([new Uint8Array(8)], 'sound.wav');

const openaiBody = (recording: Recording): Record_ => {
  const body = recording.request.body ?? {};
  if (recording.api.startsWith('audio.')) return { model: 'whisper-1', ...body, file: file() };
  if (recording.api === 'images.edit') return { prompt: 'x', ...body, image: file() };
  return body;
};

/** Sends through a client of the openai package. */
export const openaiSender = (client: unknown): Sender => ({
  sdk: 'openai',
  async send(recording) {
    const options = { headers: { 'x-replay-id': recording.id }, maxRetries: 0 };
    const path = recording.request.path.replace(/^.*?\/(?=chat\/|responses|completions|embeddings|images|moderations|audio|batches|threads)/, '/');
    const call = method(client, OPENAI_METHODS[recording.api] ?? '');
    const create =
      call ??
      ((body: unknown, more: unknown) =>
        (method(client, 'post') as never as (...a: readonly unknown[]) => Promise<unknown>)(path, { body, ...(more as Record_) }));
    if (recording.request.method === 'GET') {
      const get = method(client, 'get') as (...args: readonly unknown[]) => Promise<unknown>;
      const answer = await get(path, { ...options, stream: recording.stream });
      return recording.stream ? readAll(answer) : answer;
    }
    const answer = await create(openaiBody(recording), options);
    return recording.stream ? readAll(answer) : answer;
  },
});

/** Sends through a client of @anthropic-ai/sdk. */
export const anthropicSender = (client: unknown): Sender => ({
  sdk: 'anthropic',
  async send(recording) {
    const options = { headers: { 'x-replay-id': recording.id }, maxRetries: 0, timeout: 60_000 };
    const beta = recording.request.path.includes('beta=true');
    const name = recording.api === 'count_tokens' ? 'messages.countTokens' : 'messages.create';
    const create = method(client, beta ? `beta.${name}` : name);
    const answer = await create?.(recording.request.body, options);
    return recording.stream ? readAll(answer) : answer;
  },
});

const modelOf = (recording: Recording): string => /models\/([^:]+):/.exec(decodeURIComponent(recording.request.path))?.[1] ?? 'gemini';

/** Sends through a client of @google/genai. */
export const genaiSender = (make: (headers: Record<string, string>, vertex: boolean) => unknown): Sender => ({
  sdk: '@google/genai',
  async send(recording) {
    const client = make({ 'x-replay-id': recording.id }, recording.provider === 'vertex');
    const body = recording.request.body ?? {};
    const model = modelOf(recording);
    if (recording.api === 'countTokens') return method(client, 'models.countTokens')?.({ model, contents: body['contents'] ?? 'x' });
    if (recording.api === 'embeddings')
      return method(client, 'models.embedContent')?.({ model: model === 'gemini' ? 'text-embedding-004' : model, contents: 'x' });
    if (recording.api === 'interactions') {
      const answer = await method(client, 'interactions.create')?.(body);
      return recording.stream ? readAll(answer) : answer;
    }
    // The answer is chosen by its id; what else the request held is left out, since the SDK's own forms of it differ from the wire's.
    // Tools run by the SDK itself would send more requests than were recorded.
    const params = { model, contents: body['contents'] ?? 'x', config: { automaticFunctionCalling: { disable: true } } };
    if (!recording.stream) return method(client, 'models.generateContent')?.(params);
    return readAll(await method(client, 'models.generateContentStream')?.(params));
  },
});

/** Sends through @google/generative-ai, which knows generateContent, embedContent and countTokens of the Gemini API only. */
export const generativeSender = (make: (model: string, headers: Record<string, string>) => unknown): Sender => ({
  sdk: '@google/generative-ai',
  async send(recording) {
    const model = make(modelOf(recording), { 'x-replay-id': recording.id });
    const body = recording.request.body ?? {};
    if (recording.api === 'countTokens') return method(model, 'countTokens')?.('x');
    if (recording.api === 'embeddings')
      return method(
        model,
        recording.request.path.includes('batch') ? 'batchEmbedContents' : 'embedContent',
      )?.(recording.request.path.includes('batch') ? { requests: [] } : 'x');
    if (!recording.stream) return method(model, 'generateContent')?.({ contents: body['contents'] ?? [] });
    const answer = (await method(model, 'generateContentStream')?.({ contents: body['contents'] ?? [] })) as { stream: unknown; response: Promise<unknown> };
    answer.response.catch(() => undefined);
    return readAll(answer.stream);
  },
});
