import { replayAnthropic } from './replay-anthropic.mjs';
import { replayGoogle } from './replay-google.mjs';
import { replayOpenai } from './replay-openai.cjs';

const families = { openai: replayOpenai, azure_openai: replayOpenai, openai_compatible: replayOpenai, google: replayGoogle, vertex: replayGoogle };

const drain = async (result) => {
  if (result === undefined || result === null || typeof result[Symbol.asyncIterator] !== 'function') return 0;
  let chunks = 0;
  for await (const _ of result) chunks++;
  return chunks;
};

/** Sends one recorded request with the SDK that it belongs to, and reads the answer to its end as an app would. */
export const replay = async ({ entry, base }, res) => {
  const send = families[entry.provider] ?? replayAnthropic;
  const answer = { id: entry.id, outcome: 'ok', chunks: 0 };
  try {
    const call = await send(entry, `${base}/replay-id/${encodeURIComponent(entry.id)}`);
    if (call === undefined) answer.outcome = 'not_sendable';
    else answer.chunks = await drain(await call());
  } catch (error) {
    answer.outcome = 'error';
    answer.error = `${error?.name ?? 'Error'}: ${String(error?.message).slice(0, 200)}`;
  }
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
};
