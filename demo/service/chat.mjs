import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { streamTo } from './sse.mjs';

const openai = new OpenAI();
const anthropic = new Anthropic();
const SYSTEM = 'You answer the guests of a harbour: short, friendly, exact.';

async function* openaiText(stream) {
  for await (const chunk of stream) yield chunk.choices[0]?.delta.content;
}

async function* anthropicText(stream) {
  for await (const event of stream) if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text;
}

/** Streams the answer of the model that the client chose. */
export const chat = async ({ text, model = 'gpt-4.1-mini' }, res, signal) => {
  if (model.startsWith('claude')) {
    const request = { model, max_tokens: 1024, system: SYSTEM, messages: [{ role: 'user', content: text }] };
    const stream = anthropic.messages.stream(request, { signal });
    await streamTo(res, anthropicText(stream));
    return;
  }
  const messages = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: text },
  ];
  const stream = await openai.chat.completions.create({ model, messages, max_completion_tokens: 1024, stream: true }, { signal });
  await streamTo(res, openaiText(stream));
};
