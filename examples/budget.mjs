// config: budget.config.yaml
// emits: chat gpt-4.1-mini purser.outcome=completed
// emits: chat gpt-4.1-mini purser.outcome=blocked purser.blocked.rule=small
import OpenAI from 'openai';

const openai = new OpenAI();
for (const question of ['first', 'second']) {
  try {
    await openai.chat.completions.create({
      model: 'gpt-4.1-mini',
      max_completion_tokens: 400,
      messages: [{ role: 'user', content: `The ${question} question. [[local in=30 out=380]]` }],
    });
    console.log(`the ${question} question was answered`);
  } catch (error) {
    // The SDK's own error class, so that handlers which know it go on working.
    console.log(`the ${question} question was refused: ${error.status} ${error.message}`);
  }
}
