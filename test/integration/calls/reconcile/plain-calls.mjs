// The calls as they are on the wire, without an SDK.
import { bodies, headersOf } from './bodies.mjs';

/** Where the provider of a call is. */
export const baseOf = ({ secure }) => (secure ? process.env.BASE_SECURE : process.env.BASE);
const key = 'local-test-key';

const gemini = '/v1beta/models/gemini-2.5-flash';
const paths = {
  chat: () => '/v1/chat/completions',
  responses: () => '/v1/responses',
  messages: () => '/v1/messages',
  genai: ({ stream, script }) => `${gemini}:${stream ? `streamGenerateContent${script.in % 2 === 0 ? '?alt=sse' : ''}` : 'generateContent'}`,
  embeddings: () => '/v1/embeddings',
  images: () => '/v1/images/generations',
  transcription: () => '/v1/audio/transcriptions',
  speech: () => '/v1/audio/speech',
  moderation: () => '/v1/moderations',
  countMessages: () => '/v1/messages/count_tokens',
  countContent: () => `${gemini}:countTokens`,
  embedContent: () => '/v1beta/models/gemini-embedding-001:embedContent',
  stored: ({ n, stream }) => `/v1/responses/resp_${n}${stream ? '?stream=true' : ''}`,
  batch: ({ n }) => `/v1/batches/batch_${n}`,
  models: () => '/v1/models',
};

/** The key as a provider wants it. */
const keyOf = (path) => {
  if (path.includes('/messages')) return { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
  return path.startsWith('/v1beta/') ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` };
};

const BOUNDARY = 'abcdef0123456789';
const formOf = (fields) => {
  const parts = Object.entries(fields).map(([name, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return `${parts.join('')}--${BOUNDARY}--\r\n`;
};

const contentOf = (call) => {
  const body = bodies[call.api]?.(call);
  if (body === undefined) return { method: 'GET' };
  if (call.api === 'transcription') return { method: 'POST', type: `multipart/form-data; boundary=${BOUNDARY}`, body: formOf({ ...body, file: 'sound' }) };
  return { method: 'POST', type: 'application/json', body: JSON.stringify(body) };
};

/** The same request as it is on the wire. */
export const plainRequest = (call) => {
  const path = paths[call.api](call);
  const { method, type, body } = contentOf(call);
  const headers = { ...(type === undefined ? {} : { 'content-type': type }), ...keyOf(path), ...headersOf(call) };
  return { address: baseOf(call) + path, method, headers, ...(body === undefined ? {} : { body }) };
};

/** The same request through fetch alone, as an address with options or as a Request. */
export const sendPlain = (call, { signal } = {}) => {
  const { address, ...request } = plainRequest(call);
  const init = { ...request, signal };
  return call.n % 3 === 0 ? fetch(new Request(address, init)) : fetch(address, init);
};
