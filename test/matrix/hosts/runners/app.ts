import OpenAI from 'openai';

enum Model {
  Small = 'gpt-5.4',
}

const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env['BASE']}/v1`, maxRetries: 0 });
void openai.chat.completions.create({ model: Model.Small, messages: [{ role: 'user', content: 'hello' }] }).then(() => console.log('done'));
