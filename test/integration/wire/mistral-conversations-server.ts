import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, connector_tokens: null, connectors: null };
const AT = { created_at: '2026-11-22T10:00:00Z', id: 'msg_1', model: 'mistral-medium-2508', role: 'assistant' };
const ANSWER = {
  object: 'conversation.response',
  conversation_id: 'conv_1',
  outputs: [{ ...AT, object: 'entry', type: 'message.output', content: 'hello you' }],
  usage: USAGE,
};
const delta = (content: string): object => ({ ...AT, type: 'message.output.delta', output_index: 0, content_index: 0, content });
const EVENTS: readonly object[] = [
  { type: 'conversation.response.started', created_at: AT.created_at, conversation_id: 'conv_1' },
  delta('hello'),
  delta(' you'),
  { type: 'conversation.response.done', created_at: AT.created_at, usage: USAGE },
];

/** A server that answers conversations, whole and streamed, as Mistral does. @source @mistralai/mistralai 2.7 `ConversationResponse`, `ConversationEvents` */
export const startConversations = async (): Promise<{ readonly port: number; close(): void }> => {
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (piece) => (body += String(piece)));
    req.on('end', () => {
      const { stream } = (body === '' ? {} : JSON.parse(body)) as { stream?: boolean };
      if (stream === true) {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const event of EVENTS) res.write(`event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`);
        res.end();
      } else res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(req.method === 'GET' ? [] : ANSWER));
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
};
