import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { datadogSpans, sentrySpans, type VendorSpan } from './vendor-spans.ts';

const inflate = (bytes: Buffer, encoding: string | undefined): Buffer => {
  if (encoding === 'gzip') return gunzipSync(bytes);
  if (encoding === 'deflate') return inflateSync(bytes);
  return encoding === 'br' ? brotliDecompressSync(bytes) : bytes;
};

/** Stands in for Sentry's and Datadog's own protocols: takes anything, keeps the bytes, and counts names in them. */
export class VendorReceiver {
  readonly #server: Server;
  readonly #bodies: Buffer[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#bodies.push(inflate(Buffer.concat(chunks), request.headers['content-encoding']));
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  static async start(): Promise<VendorReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return new VendorReceiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The address as Sentry wants it. */
  get dsn(): string {
    return this.url.replace('http://', 'http://public@') + '/1';
  }

  /** How many bytes came. */
  get size(): number {
    return this.#bodies.reduce((sum, body) => sum + body.length, 0);
  }

  /** Everything that came, as text. */
  get text(): string {
    return Buffer.concat(this.#bodies).toString('latin1');
  }

  /** Every span that came, in Sentry's format or in Datadog's. */
  get spans(): readonly VendorSpan[] {
    return [...sentrySpans(this.#bodies.map((body) => body.toString('utf8')).join('\n')), ...this.#bodies.flatMap(datadogSpans)];
  }

  /** How often a span of this name came: as `description` or `name` in JSON, or as a `resource` in MessagePack. */
  count(name: string): number {
    const { text } = this;
    const inJson = text.split(`"description":"${name}"`).length + text.split(`"name":"${name}"`).length - 2;
    return inJson > 0 ? inJson : text.split(`resource${String.fromCharCode(0xa0 + name.length)}${name}`).length - 1;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }
}
