// One call, for whoever runs this file.
const OpenAI = require('openai');

module.exports = async () => {
  const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env.BASE}/v1`, maxRetries: 0 });
  const answer = await openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
  return answer.choices[0].message.content;
};
if (require.main === module) void module.exports().then(() => console.log('done'));
