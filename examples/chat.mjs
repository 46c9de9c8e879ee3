// emits: chat gpt-4.1-mini gen_ai.provider.name=openai gen_ai.usage.input_tokens=120 gen_ai.usage.output_tokens=40 purser.outcome=completed
import OpenAI from 'openai';

const openai = new OpenAI();
const answer = await openai.chat.completions.create({
  model: 'gpt-4.1-mini',
  messages: [{ role: 'user', content: 'What does a purser do? [[local in=120 out=40]]' }],
});
console.log(answer.choices[0].message.content);
