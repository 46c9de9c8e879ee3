// Makes one call for each line of its input, for the user that the line names, and says what came of it.
import { createInterface } from 'node:readline';
import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env.BASE}/v1`, maxRetries: 0 });
for await (const user of createInterface({ input: process.stdin })) {
  const messages = [{ role: 'user', content: 'where is order ORD-774411?' }];
  const said = await openai.chat.completions.create({ model: 'gpt-5.4', messages, user }).then(
    () => 'answered',
    (error) => error.code ?? error.name,
  );
  console.log(said);
}
