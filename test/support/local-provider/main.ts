import { parseArgs } from 'node:util';
import { startLocalProvider } from './start.ts';

const NUMBERS = { port: 'port', latency: 'latencyMs', ttft: 'ttftMs', interval: 'intervalMs', chunks: 'chunks', batch: 'batch', keep: 'keepCalls' } as const;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    latency: { type: 'string' },
    ttft: { type: 'string' },
    interval: { type: 'string' },
    chunks: { type: 'string' },
    batch: { type: 'string' },
    keep: { type: 'string' },
    host: { type: 'string' },
  },
});
const options: Record<string, number | string> = {};
for (const [flag, name] of Object.entries(NUMBERS)) {
  const value = values[flag as keyof typeof NUMBERS];
  if (value !== undefined) options[name] = Number(value);
}
if (values.host !== undefined) options['host'] = values.host;

const provider = await startLocalProvider(options);
console.log(JSON.stringify({ listening: provider.url }));
const stop = (): void => void provider.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.once('disconnect', stop);
