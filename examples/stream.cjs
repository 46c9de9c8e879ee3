// emits: chat gpt-4.1-mini gen_ai.request.stream=true gen_ai.usage.output_tokens=60 purser.outcome=completed gen_ai.response.time_to_first_chunk
'use strict';
const { OpenAI } = require('openai');

const main = async () => {
  const openai = new OpenAI();
  const stream = await openai.chat.completions.create({
    model: 'gpt-4.1-mini',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'Count the knots. [[local in=90 out=60 chunks=12]]' }],
  });
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '\n');
};
void main();
