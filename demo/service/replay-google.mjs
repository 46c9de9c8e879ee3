import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAI } from '@google/generative-ai';

const key = () => process.env.GEMINI_API_KEY;
const modelOf = (entry) => /models\/([^/:]+)/.exec(entry.path)?.[1] ?? entry.body?.model;

const genaiFor = (entry, base) =>
  entry.provider === 'vertex'
    ? new GoogleGenAI({ vertexai: true, apiKey: key(), httpOptions: { baseUrl: base } })
    : new GoogleGenAI({ apiKey: key(), httpOptions: { baseUrl: base } });

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
// Some clients send enums as numbers; this SDK takes their names.
const TYPES = ['TYPE_UNSPECIFIED', 'STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL'];

const toCamel = (value) => {
  if (Array.isArray(value)) return value.map(toCamel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === 'args') return [name, member];
      return [camel(name), name === 'type' && typeof member === 'number' ? TYPES[member] : toCamel(member)];
    }),
  );
};

const generateGenai = (entry, base) => {
  const { contents = [], generationConfig = {}, model: _, ...rest } = toCamel(entry.body);
  const request = { model: modelOf(entry), contents, config: { ...generationConfig, ...rest } };
  const { models } = genaiFor(entry, base);
  return entry.stream ? models.generateContentStream(request) : models.generateContent(request);
};

const generativeModel = (entry, base) => new GoogleGenerativeAI(key()).getGenerativeModel({ model: modelOf(entry) }, { baseUrl: base });

const generateOlder = async (entry, base) => {
  const { model: _, ...body } = entry.body;
  const model = generativeModel(entry, base);
  if (!entry.stream) return model.generateContent(body);
  const { stream, response } = await model.generateContentStream(body);
  response.catch(() => undefined);
  return stream;
};

/** Every second entry of what both SDKs can send goes through the older one. */
const isOdd = (id) => Number.parseInt(id.slice(-1), 16) % 2 === 1;

const embed = (entry, base) => {
  const { requests, content, instances } = entry.body;
  const contents = requests?.map((request) => request.content) ?? (content === undefined ? instances.map((i) => i.content ?? i.prompt) : [content]);
  return genaiFor(entry, base).models.embedContent({ model: modelOf(entry), contents });
};

const cache = (entry, base) => {
  const { model, ...config } = entry.body;
  return genaiFor(entry, base).caches.create({ model, config });
};

const countTokens = (entry, base) =>
  entry.provider === 'google' && isOdd(entry.id)
    ? generativeModel(entry, base).countTokens(entry.body)
    : genaiFor(entry, base).models.countTokens({ model: modelOf(entry), contents: toCamel(entry.body.contents) });

const CALLS = {
  generateContent: (entry, base) => (entry.provider === 'google' && isOdd(entry.id) ? generateOlder(entry, base) : generateGenai(entry, base)),
  embeddings: embed,
  predict: embed,
  countTokens,
  cachedContents: cache,
  interactions: (entry, base) => genaiFor(entry, base).interactions.create(entry.body, { retries: { strategy: 'none' } }),
  models: (entry, base) => genaiFor(entry, base).models.list(),
};

/** Gives the call for a recorded request of Gemini or Vertex; nothing when the SDKs have no such method. */
export const replayGoogle = async (entry, base) => {
  const call = CALLS[entry.api];
  return call === undefined ? undefined : () => call(entry, base);
};
