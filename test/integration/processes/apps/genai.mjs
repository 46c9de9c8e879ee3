// Calls of Google's SDK of a folder that are too late, called off, tried again, and not answered by anybody.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, tries] = process.argv.slice(2);
const path = createRequire(join(folder, 'noop.js')).resolve('@google/genai');
const { GoogleGenAI } = await import(pathToFileURL(path.replace(/c?js$/, 'mjs')).href);

const genai = new GoogleGenAI({ apiKey: 'local-test-key', httpOptions: { baseUrl: process.env.BASE } });
const ask = async (contents, httpOptions, abortSignal) => {
  try {
    const { text } = await genai.models.generateContent({ model: 'gemini-2.5-flash', contents, config: { httpOptions, abortSignal } });
    console.log(typeof text);
  } catch (error) {
    console.log(error.constructor.name, error.message);
  }
};
const slow = 'hello [[local latency=400]]';
const off = new AbortController();
await ask(slow, { timeout: 60 });
setTimeout(() => off.abort(), 60);
await ask(slow, { timeout: 5000 }, off.signal);
await ask('hello [[local cut=0]]', {});
if (tries === 'again') await ask('hello [[local status=503]]', { retryOptions: { attempts: 3, initialDelay: 0.01 } });
