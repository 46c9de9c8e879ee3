/** Takes any OTLP export and keeps nothing; for benchmarks. Prints its address as one JSON line. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  request
    .resume()
    .on('end', () =>
      response
        .writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/json' })
        .end(request.headers['content-type']?.includes('json') === true ? '{}' : ''),
    );
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ listening: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })));
