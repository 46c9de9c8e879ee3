import { parseArgs } from 'node:util';
import { parseChunking } from './chunking.ts';
import { startReplay } from './start.ts';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string' }, chunk: { type: 'string' }, delay: { type: 'string' } },
  allowPositionals: true,
});
const [file] = positionals;
if (file === undefined) {
  console.error('usage: node test/support/replay/main.ts FILE.jsonl [--port N] [--chunk event|whole|bytes:N] [--delay MS]');
  process.exit(2);
}
const replay = await startReplay({ file, port: Number(values.port ?? 0), chunk: parseChunking(values.chunk), delayMs: Number(values.delay ?? 0) });
console.log(JSON.stringify({ listening: replay.url, entries: replay.entries.length }));
const stop = (): void => void replay.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
