'use strict';
const Anthropic = require('@anthropic-ai/sdk');
const { GoogleGenerativeAI } = require('@google/generative-ai');
const { OpenAI } = require('openai');

const anthropic = new Anthropic();
const openai = new OpenAI();
const sorter = new GoogleGenerativeAI(process.env.GEMINI_API_KEY).getGenerativeModel(
  { model: 'gemini-2.5-flash-lite' },
  { baseUrl: process.env.GOOGLE_GEMINI_BASE_URL },
);

const TOOLS = [
  {
    name: 'find_booking',
    description: 'Finds a booking by the name of the ship.',
    input_schema: { type: 'object', properties: { city: { type: 'string' } } },
  },
];

/** Moderates and sorts a request, then lets a model answer it, with a look at the bookings when it asks for one. */
exports.support = async ({ text, model = 'claude-sonnet-5' }, res, signal) => {
  await openai.moderations.create({ model: 'omni-moderation-latest', input: text }, { signal });
  const kind = (await sorter.generateContent(`Which desk is this for? ${text}`, { signal })).response.text();
  const messages = [{ role: 'user', content: text }];
  const ask = () => anthropic.messages.create({ model, max_tokens: 2048, tools: TOOLS, messages }, { signal });
  let answer = await ask();
  const wanted = answer.content.find((block) => block.type === 'tool_use');
  if (wanted !== undefined) {
    messages.push({ role: 'assistant', content: answer.content });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: wanted.id, content: 'Berth 7, since Monday.' }] });
    answer = await ask();
  }
  const reply = answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ kind, reply }));
};
