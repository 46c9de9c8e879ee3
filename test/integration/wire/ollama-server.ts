import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const COUNTS = { total_duration: 4_883_583_458, prompt_eval_count: 26, eval_count: 3 };

/** What one answer says, whole or in lines: text in `message` or in `response`, as the endpoint has it. */
const answers = (path: string, model: string): readonly object[] => {
  const at = { model, created_at: '2026-11-22T10:00:00.000000Z' };
  const made = (text: string): object => (path.endsWith('/chat') ? { message: { role: 'assistant', content: text } } : { response: text });
  const pieces = ['hello', ' you'].map((text) => ({ ...at, ...made(text), done: false }));
  return [...pieces, { ...at, ...made(''), done: true, done_reason: 'stop', ...COUNTS }];
};

const whole = (path: string, model: string): object =>
  path.endsWith('/embed')
    ? { model, embeddings: [[0.25, 0.5]], total_duration: 14_143_917, load_duration: 1_019_500, prompt_eval_count: 8 }
    : { ...answers(path, model).at(-1), message: { role: 'assistant', content: 'hello you' } };

/** A server that answers chat, generate, embed and tags as Ollama does. @source github.com/ollama/ollama docs/api.md, 2026 */
export const startOllama = async (): Promise<{ readonly port: number; close(): void }> => {
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (piece) => (body += String(piece)));
    req.on('end', () => {
      const path = req.url ?? '';
      const { model = '', stream = true } = (body === '' ? {} : JSON.parse(body)) as { model?: string; stream?: boolean };
      const json = { 'content-type': 'application/json; charset=utf-8' };
      if (path.endsWith('/tags')) res.writeHead(200, json).end('{"models":[{"name":"a"}]}');
      else if (model === 'model-none') res.writeHead(404, json).end(JSON.stringify({ error: `model '${model}' not found` }));
      else if (path.endsWith('/embed') || !stream) res.writeHead(200, json).end(JSON.stringify(whole(path, model)));
      else {
        res.writeHead(200, { 'content-type': 'application/x-ndjson' });
        for (const line of answers(path, model)) res.write(`${JSON.stringify(line)}\n`);
        res.end();
      }
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
};
