// The first process of a container: SIGTERM does nothing to it unless it has a handler.
import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env.BASE}/v1`, maxRetries: 0 });
await openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
console.log('pid', process.pid);
const alive = setInterval(() => undefined, 1000);
if (process.argv[2] === 'handle') {
  process.on('SIGTERM', () => {
    console.log('closing');
    clearInterval(alive);
  });
}
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50);
if (process.argv[2] === 'none') {
  setTimeout(() => {
    console.log('still here');
    clearInterval(alive);
  }, 600);
}
