const OpenAI = require('openai');
const client = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.argv[2]}/v1` });
client.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] }).then((answer) => (process.exitCode = answer.id ? 0 : 1));
