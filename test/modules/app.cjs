const { OpenAI } = require('openai');
const Anthropic = require('@anthropic-ai/sdk');
const { GoogleGenAI } = require('@google/genai');
const { GoogleGenerativeAI } = require('@google/generative-ai');
const base = process.argv[2] ?? process.env.BASE;

(async () => {
  const messages = [{ role: 'user', content: 'hello' }];
  await new OpenAI({ apiKey: 'local-test-key', baseURL: `${base}/v1` }).chat.completions.create({ model: 'gpt-5.4', messages });
  await new Anthropic({ apiKey: 'local-test-key', baseURL: base }).messages.create({ model: 'claude-sonnet-5', max_tokens: 16, messages });
  await new GoogleGenAI({ apiKey: 'local-test-key', httpOptions: { baseUrl: base } }).models.generateContent({ model: 'gemini-2.5-flash', contents: 'hello' });
  await new GoogleGenerativeAI('local-test-key').getGenerativeModel({ model: 'gemini-2.5-flash' }, { baseUrl: base }).generateContent('hello');
  console.log('done');
})();
