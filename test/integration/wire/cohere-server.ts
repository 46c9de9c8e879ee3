import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const USAGE = { billed_units: { input_tokens: 5, output_tokens: 3 }, tokens: { input_tokens: 66, output_tokens: 4 } };
const CHAT = { id: 'c14c80c3', message: { role: 'assistant', content: [{ type: 'text', text: 'hello you' }] }, finish_reason: 'COMPLETE', usage: USAGE };
const EMBED = {
  id: 'da6e531f',
  texts: ['hello'],
  embeddings: { float: [[0.25, 0.5]] },
  meta: { api_version: { version: '2' }, billed_units: { input_tokens: 2 } },
};
const EVENTS: readonly (readonly [string, object])[] = [
  ['message-start', { id: '29f14a5a', delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } } }],
  ['content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }],
  ['content-delta', { index: 0, delta: { message: { content: { text: 'hello' } } } }],
  ['content-delta', { index: 0, delta: { message: { content: { text: ' you' } } } }],
  ['content-end', { index: 0 }],
  ['message-end', { delta: { finish_reason: 'COMPLETE', usage: USAGE } }],
];

/** A server that answers chat, streamed chat and embed as Cohere does. @source docs.cohere.com/reference/chat, /chat-stream and /embed, 2026 */
export const startCohere = async (): Promise<{ readonly port: number; close(): void }> => {
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (piece) => (body += String(piece)));
    req.on('end', () => {
      const { stream } = JSON.parse(body) as { stream?: boolean };
      if (stream === true) {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const [type, event] of EVENTS) res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...event })}\n\n`);
        res.end();
      } else res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(req.url?.endsWith('/embed') === true ? EMBED : CHAT));
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
};
