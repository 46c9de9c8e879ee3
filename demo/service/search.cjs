'use strict';
const { GoogleGenAI } = require('@google/genai');
const { OpenAI } = require('openai');

const openai = new OpenAI();
const google = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY });

/** Finds documents by meaning and streams an answer from what they say. */
exports.search = async ({ text, model = 'gemini-2.5-flash' }, res, signal) => {
  const { data } = await openai.embeddings.create({ model: 'text-embedding-3-small', input: text }, { signal });
  const found = `Berth plan, page ${1 + (data[0].embedding.length % 7)}`;
  const chunks = await google.models.generateContentStream({
    model,
    contents: `Answer from "${found}": ${text}`,
    config: { maxOutputTokens: 1024, abortSignal: signal },
  });
  const { streamTo } = await import('./sse.mjs');
  await streamTo(
    res,
    (async function* texts() {
      for await (const chunk of chunks) yield chunk.text;
    })(),
  );
};
