/**
 * A provider that keeps its own bill: what it bills is written down when it has done the work, whatever becomes of the caller.
 * `POST /call?in=&out=&ms=` answers after a while; with `stream=1` it sends tokens one by one and bills them as it makes them.
 */
import { createServer, type ServerResponse } from 'node:http';

const IN_NANO = 3000;
const OUT_NANO = 15_000;

let billed = 0;
let calls = 0;

const stream = (response: ServerResponse, output: number, ms: number): void => {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const chunk = Math.max(1, Math.ceil(output / 40));
  let made = 0;
  const timer = setInterval(() => {
    const more = Math.min(chunk, output - made);
    made += more;
    billed += more * OUT_NANO;
    response.write(`${more}\n`);
    if (made < output) return;
    clearInterval(timer);
    response.end();
  }, ms / 40);
  response.once('close', () => clearInterval(timer));
};

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  request.resume();
  if (url.pathname === '/bill') {
    response.end(JSON.stringify({ billed, calls }));
    return;
  }
  if (url.pathname === '/reset') {
    billed = 0;
    calls = 0;
    response.end();
    return;
  }
  const number = (name: string): number => Number(url.searchParams.get(name));
  calls += 1;
  billed += number('in') * IN_NANO;
  if (url.searchParams.get('stream') === '1') {
    stream(response, number('out'), number('ms'));
    return;
  }
  billed += number('out') * OUT_NANO;
  setTimeout(() => response.end(JSON.stringify({ input: number('in'), output: number('out') })), number('ms'));
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit());
