import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

const header = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7, value.length >> 8, value.length & 255]), Buffer.from(value)]);

/** One message of an AWS event stream. @source smithy.io/2.0/aws/amazon-eventstream.html */
export const awsMessage = (event: string, payload: object): Buffer => {
  const headers = Buffer.concat([header(':event-type', event), header(':content-type', 'application/json'), header(':message-type', 'event')]);
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.concat([u32(16 + headers.length + body.length), u32(headers.length)]);
  const message = Buffer.concat([prelude, u32(crc32(prelude)), headers, body]);
  return Buffer.concat([message, u32(crc32(message))]);
};

const USAGE = { inputTokens: 21, outputTokens: 8, totalTokens: 29 };
const CONVERSE = { output: { message: { role: 'assistant', content: [{ text: 'hello' }] } }, stopReason: 'end_turn', usage: USAGE, metrics: { latencyMs: 5 } };
const STREAM = Buffer.concat([
  awsMessage('messageStart', { role: 'assistant' }),
  awsMessage('contentBlockDelta', { delta: { text: 'hello' }, contentBlockIndex: 0 }),
  awsMessage('contentBlockStop', { contentBlockIndex: 0 }),
  awsMessage('messageStop', { stopReason: 'end_turn' }),
  awsMessage('metadata', { usage: USAGE, metrics: { latencyMs: 5 } }),
]);

const cut = (bytes: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

/** A server that answers Converse and ConverseStream as Bedrock does, over HTTP/1.1 and over HTTP/2 without TLS. */
export const startBedrock = async (): Promise<{ readonly http1: string; readonly http2: string; readonly requests: string[]; close(): void }> => {
  const requests: string[] = [];
  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    let body = '';
    req.on('data', (piece) => (body += String(piece)));
    req.on('end', () => {
      requests.push(
        `${req.method} ${req.url} ${Object.keys(req.headers)
          .filter((name) => /trace|baggage/.test(name) && !name.includes('amzn'))
          .join()} ${body}`,
      );
      if (req.url?.endsWith('/converse-stream') === true) {
        res.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
        for (const piece of cut(STREAM, 61)) res.write(piece);
        res.end();
      } else res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(CONVERSE));
    });
  };
  const servers = [createHttp1(serve), createHttp2(serve as never)];
  const urls = await Promise.all(
    servers.map(
      (server) =>
        new Promise<string>((done) => {
          server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
        }),
    ),
  );
  const [http1 = '', http2 = ''] = urls;
  return {
    http1,
    http2,
    requests,
    close: () => {
      for (const server of servers) server.close();
    },
  };
};
