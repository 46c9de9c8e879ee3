import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The specification of the AI SDK 5 has plain numbers and words, those of 6 and 7 objects. */
const TOLD = {
  2: { finishReason: 'stop', usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120, reasoningTokens: 5, cachedInputTokens: 40 } },
  3: {
    finishReason: { unified: 'stop', raw: 'end_turn' },
    usage: { inputTokens: { total: 100, noCache: 60, cacheRead: 40, cacheWrite: 0 }, outputTokens: { total: 20, text: 15, reasoning: 5 } },
  },
};
const providerMetadata = { gateway: { cost: '0.00042', generationId: 'gen_1' } };

const events = (told: object): readonly object[] => [
  { type: 'stream-start', warnings: [] },
  { type: 'response-metadata', id: 'resp_1', modelId: 'served-model', timestamp: '2026-11-22T00:00:00.000Z' },
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'hello' },
  { type: 'text-delta', id: '0', delta: ' you' },
  { type: 'text-end', id: '0' },
  { type: 'finish', ...told, providerMetadata },
];

const answer = ({ url, headers }: IncomingMessage, body: string, response: ServerResponse): void => {
  const json = (status: number, value: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const told = TOLD[headers['ai-language-model-specification-version'] === '2' ? 2 : 3];
  if (body.includes('"fail"')) json(429, { error: { message: 'too much', type: 'rate_limit_exceeded' } });
  else if (url?.endsWith('/embedding-model') === true) json(200, { embeddings: [[1, 2]], usage: { tokens: 7 }, providerMetadata });
  else if (headers['ai-language-model-streaming'] === 'true') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events(told)) response.write(`data: ${JSON.stringify(event)}\n\n`);
    response.end('data: [DONE]\n\n');
  } else {
    const content = [{ type: 'text', text: 'hello you' }];
    json(200, { content, ...told, response: { id: 'resp_1', modelId: 'served-model' }, providerMetadata, warnings: [] });
  }
};

/** A server that answers as the Vercel AI gateway does. @source @ai-sdk/gateway 2 to 4, @ai-sdk/provider 2 to 4, 2026-11 */
export const startAiGateway = async (): Promise<{ readonly url: string; close(): void }> => {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += String(piece)));
    request.on('end', () => answer(request, body, response));
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
};
