// emits: chat claude-haiku-4-5 purser.attempts=3 purser.retries=2 purser.outcome=completed
import Anthropic from '@anthropic-ai/sdk';

const anthropic = new Anthropic();
const message = await anthropic.messages.create({
  model: 'claude-haiku-4-5',
  max_tokens: 256,
  messages: [{ role: 'user', content: 'Is anybody there? [[local status=529 times=2 retry-after-ms=20 should-retry=true]]' }],
});
console.log(message.stop_reason);
