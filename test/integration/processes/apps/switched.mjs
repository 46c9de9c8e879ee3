// Makes three calls; the kill switch is on for the second.
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: `${process.env.BASE}/v1`, maxRetries: 0 });
const ask = () => openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] });
await ask();
writeFileSync(process.env.PURSER_DISABLE_FILE, '');
await sleep(700);
await ask();
rmSync(process.env.PURSER_DISABLE_FILE);
await sleep(700);
await ask();
console.log('done');
