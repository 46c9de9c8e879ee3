// emits: chat claude-haiku-4-5 gen_ai.usage.input_tokens=3000 gen_ai.usage.cache_write.input_tokens=2800 gen_ai.usage.output_tokens=50
// emits: chat claude-haiku-4-5 gen_ai.usage.input_tokens=3000 gen_ai.usage.cache_read.input_tokens=2800 purser.cost.cache_savings
import Anthropic from '@anthropic-ai/sdk';

const anthropic = new Anthropic();
const ask = (text) =>
  anthropic.messages.create({
    model: 'claude-haiku-4-5',
    max_tokens: 256,
    system: [{ type: 'text', text: 'The harbour rules. '.repeat(200), cache_control: { type: 'ephemeral' } }],
    messages: [{ role: 'user', content: text }],
  });

await ask('May I anchor here? [[local in=3000 write=2800 out=50]]');
const { usage } = await ask('And there? [[local in=3000 cached=2800 out=50]]');
console.log(`${usage.cache_read_input_tokens} tokens came from the cache`);
