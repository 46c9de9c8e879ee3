/**
 * One suite for all adapters: every recorded response that an SDK can send, through the real SDK against a replay server, with streams
 * cut whole, by event and into 61-byte pieces. PURSER_RECORDINGS names another file. Prints one JSON line last.
 * --sdks FILE takes the SDKs from a bundle, where no module hook fires; --tap also looks at the wire under instrumented SDKs.
 */
import { createReadStream, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createWire } from '../../src/wire/create-wire.ts';
import { installTap } from '../../src/wire/install-tap.ts';
import { watchCalls } from '../support/observe.ts';
import type { Seen } from '../support/remembering-stations.ts';
import { startReplay } from '../support/replay/start.ts';
import { reportBench } from '../support/report.ts';
import { differences } from './expect.ts';
import { anthropicSender, genaiSender, generativeSender, openaiSender, type Recording, type Sender } from './send.ts';
import type * as Sdks from './bundled/sdks.ts';
import { inspect } from 'node:util';

const file = process.env['PURSER_RECORDINGS'] ?? '../shared/data/recordings/recordings.jsonl';
if (!existsSync(file)) {
  console.log(`not run: no recordings at ${file}; name a file with PURSER_RECORDINGS`);
  process.exit(process.env['PURSER_RECORDINGS'] === undefined ? 0 : 1);
}

const watching = watchCalls();
const bundled = process.argv.includes('--sdks') ? process.argv[process.argv.indexOf('--sdks') + 1] : undefined;
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
console.warn = () => undefined;
console.error = () => undefined;

if (bundled !== undefined || process.argv.includes('--tap')) {
  const wire = createWire(watching.opener, { propagateTraceHeaders: false });
  installTap({ wire: () => wire, inCall: () => false }, false);
}

const { OpenAI, Anthropic, GoogleGenAI, GoogleGenerativeAI } = (
  bundled === undefined ? await import('./bundled/sdks.ts') : createRequire(import.meta.url)(resolve(bundled))
) as typeof Sdks;

// @google/generative-ai leaves rejections of its own behind on streams that are cut; they are not what is tested here.
process.on('unhandledRejection', () => undefined);

const key = 'local-test-key';

/** Calls that have no facts of a model in them: nothing is to be seen, or nothing is recorded of them. */
const NOT_CALLS = new Set(['models', 'cachedContents', 'predict', 'assistants.runs.retrieve', 'batches']);

const sendersOf = (recording: Recording, url: string): readonly Sender[] => {
  const { provider, api } = recording;
  if (NOT_CALLS.has(api)) return [];
  if (provider.startsWith('anthropic')) return [anthropicSender(new Anthropic({ apiKey: key, baseURL: url, logger: quiet }))];
  if (provider.startsWith('openai') || provider === 'azure_openai') return [openaiSender(new OpenAI({ apiKey: key, baseURL: `${url}/v1`, logger: quiet }))];
  const genai = genaiSender((headers, vertexai) =>
    vertexai
      ? new GoogleGenAI({ vertexai, apiKey: key, httpOptions: { baseUrl: url, headers } })
      : new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url, headers } }),
  );
  const old = generativeSender((model, customHeaders) => new GoogleGenerativeAI(key).getGenerativeModel({ model }, { baseUrl: url, customHeaders }));
  return provider === 'google' && api !== 'interactions' ? [genai, old] : [genai];
};

const settled = async (before: number): Promise<Seen | undefined> => {
  for (let turn = 0; turn < 200 && watching.seen.length === before; turn++) await new Promise((done) => setTimeout(done, turn < 20 ? 0 : 5));
  return watching.seen[before];
};

const recordings: Recording[] = [];
for await (const line of createInterface({ input: createReadStream(file) })) if (line.trim() !== '') recordings.push(JSON.parse(line) as Recording);

const failures: string[] = [];
const figures = { entries: recordings.length, sendable: 0, sent: 0, equal: 0 };
const CHUNKINGS = ['whole', 'event', 'bytes:61'] as const;
const replays = new Map(await Promise.all(CHUNKINGS.map(async (chunk) => [chunk, await startReplay({ entries: recordings as never, chunk })] as const)));

for (const recording of recordings) {
  if (sendersOf(recording, '').length > 0) figures.sendable++;
  for (const chunking of recording.stream ? CHUNKINGS : (['event'] as const)) {
    for (const sender of sendersOf(recording, replays.get(chunking)?.url ?? '')) {
      const before = watching.seen.length;
      figures.sent++;
      let thrown: unknown;
      try {
        await sender.send(recording);
      } catch (error) {
        thrown = error;
      }
      const seen = await settled(before);
      const found = seen === undefined ? [`no call was seen (${String(thrown).slice(0, 80)})`] : differences(seen.outcome, recording);
      if (watching.seen.length > before + 1) found.push(`${watching.seen.length - before} calls were seen`);
      if (found.length === 0) figures.equal++;
      else
        failures.push(
          `${recording.id} ${recording.vendor} ${sender.sdk} ${chunking}: ${found.join('; ')}${thrown === undefined ? '' : ` [threw ${inspect(thrown).slice(0, 60)}]`}`,
        );
    }
  }
}
for (const replay of replays.values()) await replay.close();
for (const failure of failures.slice(0, Number(process.env['SHOW'] ?? 60))) console.log(failure);
for (const fault of new Set(watching.faults)) console.log(`fault: ${fault}`);
reportBench(
  'contract',
  { ...figures, faults: watching.faults.length, bundled: bundled ?? 'no' },
  { equal: figures.sent, faults: 0 },
  figures.sent > 0 && figures.equal === figures.sent && watching.faults.length === 0,
);
