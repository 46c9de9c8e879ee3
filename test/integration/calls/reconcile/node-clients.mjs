// Calls through what gives Node's own streams: `node:http`, and the package undici in all its forms. Each ends in the ways that such streams have.
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { PassThrough, Readable } from 'node:stream';
import zlib from 'node:zlib';
import * as undici from 'undici';
import { decoding } from './decoding.mjs';
import { plainRequest } from './plain-calls.mjs';

/** Who has let go of a stream hears no more of it. */
const ignore = () => {};
const sockets = new WeakSet();

/** Sends a request of `node:http`, and sends it again where it is told to. */
const sendHttp = async ({ address, body, ...request }, signal, call) => {
  const { n } = call;
  const req = (call.secure ? https : http).request(address, { ...request, signal });
  // In pieces, whole, or with its length said before.
  if (n % 3 === 0 && body !== undefined) req.write(body.slice(0, 20));
  if (n % 3 === 1 && body !== undefined) req.setHeader('content-length', Buffer.byteLength(body));
  req.end(n % 3 === 0 ? body?.slice(20) : body);
  // Node's own: a request that is aborted when all of its answer has come destroys a socket on which nobody listens any more.
  req.once('socket', (socket) => sockets.has(socket) || sockets.add(socket.on('error', ignore)));
  const [response] = await once(req, 'response');
  req.on('error', ignore);
  if (response.statusCode !== 307 && response.statusCode !== 308) return response;
  response.resume();
  return sendHttp({ address: new URL(response.headers.location, address).href, body, ...request }, signal, call);
};

/** Sends a request by HTTP/2, over a connection of its own. */
const sendHttp2 = async ({ address, method, headers, body }, signal, { secure }) => {
  const { pathname, search } = new URL(address);
  const session = http2.connect(secure ? process.env.BASE_SECURE : process.env.BASE_HTTP2).on('error', ignore);
  const asked = { ':method': method, ':path': pathname + search, ...headers };
  const stream = session.request(asked, { endStream: body === undefined, ...(signal === undefined ? {} : { signal }) });
  stream.once('close', () => session.close());
  if (body !== undefined) stream.end(body);
  await once(stream, 'response');
  return stream;
};

const open = {
  http: sendHttp,
  http2: sendHttp2,
  request: async ({ address, ...request }, signal) => (await undici.request(address, { ...request, signal })).body,
  stream: ({ address, ...request }, signal) =>
    new Promise((resolve, reject) => {
      const through = new PassThrough().on('error', ignore);
      undici
        .stream(address, { ...request, signal }, () => (resolve(through), through))
        .catch((error) => {
          through.destroy(error);
          reject(error);
        });
    }),
  pipeline: async ({ address, body, ...request }, signal) => {
    const duplex = undici.pipeline(address, { ...request, signal }, ({ body: answer }) => answer).on('error', ignore);
    duplex.end(body);
    return duplex;
  },
  fetched: async ({ address, ...request }, signal) => Readable.fromWeb((await undici.fetch(address, { ...request, signal })).body),
};

/** Sends a call; gives the stream of its answer. */
export const sendNode = async (call, signal) => (await open[call.via](plainRequest(call), signal, call)).on('error', ignore);

const soon = (ms, reason) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), ms);
  return controller.signal;
};

const DECODERS = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync, deflate: zlib.inflateSync, zstd: zlib.zstdDecompressSync };

/** Only fetch undoes an encoding. */
const isEncoded = ({ via, script }) => via !== 'fetched' && script.encoding !== undefined;

/** Takes the bytes of a stream; of an encoded one the app is told nothing before its end. */
const takingOf = (call, saw) => (isEncoded(call) ? ignore : decoding(saw));

/** Reads it to its end, as text or piece by piece. */
const read = async (call, body, saw) => {
  const take = call.stream ? takingOf(call, saw) : undefined;
  const pieces = [];
  for await (const piece of body) {
    pieces.push(piece);
    take?.(piece);
  }
  const bytes = Buffer.concat(pieces);
  return (isEncoded(call) && !call.stream ? DECODERS[call.script.encoding](bytes) : bytes).toString();
};

const whole = async (call, saw, signal) => {
  const text = await read(call, await sendNode(call, signal), saw);
  if (call.stream || call.api === 'speech') return;
  const said = JSON.parse(text);
  if (said.error === undefined) saw(said);
};

const off = async (call, saw, end) => {
  const body = await sendNode(call, call.signal);
  const take = takingOf(call, saw);
  await new Promise((resolve) => {
    body.once('data', (piece) => {
      take(piece);
      end(body);
      resolve();
    });
  });
};

/** The ways in which such calls end. */
export const nodeEndings = {
  whole,
  failing: whole,
  refused: whole,
  turnedAway: whole,
  stopped: whole,
  probe: whole,
  early: (call, saw) => whole(call, saw, soon(call.wait)),
  late: (call, saw) => whole(call, saw, AbortSignal.timeout(call.wait)),
  before: (call, saw) => whole(call, saw, AbortSignal.abort()),
  after: async (call, saw) => {
    const controller = new AbortController();
    await whole(call, saw, controller.signal);
    controller.abort();
  },
  broken: async (call, saw) => {
    const take = takingOf(call, saw);
    for await (const piece of await sendNode(call)) {
      take(piece);
      break;
    }
  },
  destroyed: (call, saw) => off(call, saw, (body) => body.destroy()),
  destroyedFor: (call, saw) => off(call, saw, (body) => body.destroy(new Error('mine'))),
  signalled: (call, saw) => {
    const controller = new AbortController();
    return off({ ...call, signal: controller.signal }, saw, () => controller.abort());
  },
  unread: async (call) => {
    const body = await sendNode(call);
    body.destroy();
  },
  dumped: async (call) => {
    const body = await sendNode(call);
    body.resume();
    await once(body, 'end');
  },
  piped: async (call) => {
    const body = await sendNode(call);
    const through = body.pipe(new PassThrough());
    through.resume();
    await once(through, 'end');
  },
};
