'use strict';
const { AzureOpenAI, OpenAI, toFile } = require('openai');

const clientFor = (entry, base) => {
  const settings = { apiKey: process.env.OPENAI_API_KEY, maxRetries: 0, timeout: 20_000 };
  const deployment = /\/deployments\/([^/]+)\//.exec(entry.path)?.[1];
  if (entry.provider !== 'azure_openai') return new OpenAI({ ...settings, baseURL: `${base}/v1` });
  return deployment === undefined
    ? new OpenAI({ ...settings, baseURL: `${base}/openai/v1` })
    : new AzureOpenAI({ ...settings, baseURL: `${base}/openai`, apiVersion: '2024-10-21', deployment });
};

const sound = () => toFile(Buffer.from('RIFF'), 'a.wav');
const picture = () => toFile(Buffer.from('PNG'), 'a.png', { type: 'image/png' });
const idIn = (entry, pattern) => pattern.exec(entry.path)?.[1];

/** What each recorded API is called in the SDK. */
const CALLS = {
  'chat.completions': (client, entry) => client.chat.completions.create(entry.body),
  responses: (client, entry) => client.responses.create(entry.body),
  'responses.compact': (client, entry) => client.responses.compact(entry.body),
  'responses.input_tokens': (client, entry) => client.responses.inputTokens.count(entry.body),
  'responses.retrieve': (client, entry) =>
    client.responses.retrieve(idIn(entry, /responses\/([^?/]+)/), entry.stream ? { stream: true, starting_after: 0 } : { stream: false }),
  embeddings: (client, entry) => client.embeddings.create({ encoding_format: 'float', ...entry.body }),
  completions: (client, entry) => client.completions.create(entry.body),
  moderations: (client, entry) => client.moderations.create(entry.body),
  'images.generate': (client, entry) => client.images.generate(entry.body),
  'images.edit': async (client) => client.images.edit({ model: 'gpt-image-1', prompt: 'a red circle', image: await picture() }),
  'audio.transcriptions': async (client) => client.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file: await sound() }),
  'audio.translations': async (client) => client.audio.translations.create({ model: 'whisper-1', file: await sound() }),
  batches: (client, entry) => (entry.method === 'GET' ? client.batches.retrieve(idIn(entry, /batches\/([^?/]+)/)) : client.batches.create(entry.body)),
  models: (client) => client.models.list(),
  'assistants.runs.retrieve': (client, entry) =>
    client.beta.threads.runs.retrieve(idIn(entry, /runs\/([^?/]+)/), { thread_id: idIn(entry, /threads\/([^/]+)/) }),
};

/** Gives the call for a recorded request of OpenAI or a host that speaks like it; nothing when the SDK has no such method. */
exports.replayOpenai = async (entry, base) => {
  const call = CALLS[entry.api];
  return call === undefined ? undefined : () => call(clientFor(entry, base), entry);
};
