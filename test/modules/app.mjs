import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAI } from '@google/generative-ai';
import OpenAI from 'openai';

const base = process.argv[2] ?? process.env.BASE;
const messages = [{ role: 'user', content: 'hello' }];
await new OpenAI({ apiKey: 'local-test-key', baseURL: `${base}/v1` }).chat.completions.create({ model: 'gpt-5.4', messages });
await new Anthropic({ apiKey: 'local-test-key', baseURL: base }).messages.create({ model: 'claude-sonnet-5', max_tokens: 16, messages });
await new GoogleGenAI({ apiKey: 'local-test-key', httpOptions: { baseUrl: base } }).models.generateContent({ model: 'gemini-2.5-flash', contents: 'hello' });
await new GoogleGenerativeAI('local-test-key').getGenerativeModel({ model: 'gemini-2.5-flash' }, { baseUrl: base }).generateContent('hello');
console.log('done');
