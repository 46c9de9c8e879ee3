import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { chat } from './chat.mjs';
import { plan } from './plan.mjs';
import { replay } from './replay.mjs';

// Half of the service is older and CommonJS.
const require = createRequire(import.meta.url);
const { search } = require('./search.cjs');
const { summarise } = require('./summarise.cjs');
const { support } = require('./support.cjs');
const { draw } = require('./draw.cjs');

const routes = new Map(Object.entries({ chat, summarise, search, support, plan, draw, replay }));

const readJson = async (req) => {
  const parts = [];
  for await (const part of req) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8') || '{}');
};

/** The status that a failed call gives to the client: that of the provider or of a refusal, 502 for the rest. */
const statusOf = (error) => {
  const status = error?.status ?? error?.details?.status;
  if (error?.name === 'PurserError') return 402;
  return Number.isInteger(status) && status >= 400 ? status : 502;
};

const server = createServer(async (req, res) => {
  const route = routes.get((req.url ?? '/').slice(1));
  if (route === undefined || req.method !== 'POST') {
    res.writeHead(404).end();
    return;
  }
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  try {
    await route(await readJson(req), res, gone.signal);
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!res.headersSent) res.writeHead(statusOf(error), { 'content-type': 'application/json' });
    res.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  }
});

server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ listening: `http://127.0.0.1:${server.address().port}` }));
});

process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});
