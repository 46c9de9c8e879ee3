import type { IncomingHttpHeaders } from 'node:http';
import type { Framing } from './framing.ts';

/** What a request asks the provider to do, with the server's defaults filled in. Times in milliseconds. */
export interface Script {
  readonly inputTokens: number | undefined;
  readonly cached: number;
  readonly write: number;
  readonly write1h: number;
  readonly outputTokens: number | undefined;
  readonly reasoning: number;
  readonly chunks: number;
  readonly latencyMs: number;
  readonly ttftMs: number;
  readonly intervalMs: number;
  readonly batch: number;
  readonly status: number | undefined;
  /** How many attempts fail or are cut off; infinite when not said. */
  readonly times: number;
  readonly retryAfterMs: number | undefined;
  readonly shouldRetry: string | undefined;
  readonly echo: boolean;
  readonly stallAfter: number | undefined;
  readonly cutAfter: number | undefined;
  readonly shortAfter: number | undefined;
  readonly errorAfter: number | undefined;
  readonly tool: string | undefined;
  readonly finish: string | undefined;
  readonly model: string | undefined;
  readonly usage: string | undefined;
  readonly text: string | undefined;
  /** The content encoding of the answer. */
  readonly encoding: string | undefined;
  /** How many bytes of an answer are sent at once. */
  readonly pieceBytes: number | undefined;
  /** The status by which the client is sent to another address first. */
  readonly redirect: number | undefined;
  /** Whether the connection is closed behind the answer. */
  readonly closes: boolean;
  /** Whether the answer waits until it is released by its id. */
  readonly isHeld: boolean;
  /** Whether the connection is lost in the middle of the headers. */
  readonly isTorn: boolean;
  /** Whether a connection that is cut is reset. */
  readonly resets: boolean;
  readonly framing: Framing;
  /** What becomes of the content type: `upper`, `plain` or `none`. */
  readonly type: string | undefined;
  /** How long one word of the answer is. */
  readonly bigBytes: number;
  /** Whether the answer is in letters of several bytes. */
  readonly isWide: boolean;
}

/** The server's own answers to what a script leaves open. */
export interface ScriptDefaults {
  readonly chunks: number;
  readonly latencyMs: number;
  readonly ttftMs: number;
  readonly intervalMs: number;
  readonly batch: number;
}

const MARK = '[[local ';
const HEADER = 'x-local-';

const fromBody = (raw: Buffer, into: Map<string, string>): void => {
  const at = raw.lastIndexOf(MARK);
  if (at < 0) return;
  const end = raw.indexOf(']]', at);
  if (end < 0) return;
  for (const pair of raw
    .toString('utf8', at + MARK.length, end)
    .trim()
    .split(/\s+/)) {
    const [name, value] = pair.split('=', 2);
    if (name !== undefined && value !== undefined) into.set(name, value);
  }
};

/** Reads the script of a request from its headers and, where they say nothing, from the mark in its body. */
export const readScript = (headers: IncomingHttpHeaders, raw: Buffer, defaults: ScriptDefaults): Script => {
  const said = new Map<string, string>();
  fromBody(raw, said);
  for (const name in headers) if (name.startsWith(HEADER)) said.set(name.slice(HEADER.length), String(headers[name]));
  const maybe = (name: string): number | undefined => {
    const value = said.get(name);
    return value === undefined || value === '' ? undefined : Number(value);
  };
  const text = said.get('text');
  return {
    inputTokens: maybe('in'),
    cached: maybe('cached') ?? 0,
    write: maybe('write') ?? 0,
    write1h: maybe('write1h') ?? 0,
    outputTokens: maybe('out'),
    reasoning: maybe('reasoning') ?? 0,
    chunks: maybe('chunks') ?? defaults.chunks,
    latencyMs: maybe('latency') ?? defaults.latencyMs,
    ttftMs: maybe('ttft') ?? defaults.ttftMs,
    intervalMs: maybe('interval') ?? defaults.intervalMs,
    batch: maybe('batch') ?? defaults.batch,
    status: maybe('status'),
    times: maybe('times') ?? Number.POSITIVE_INFINITY,
    retryAfterMs: maybe('retry-after-ms'),
    shouldRetry: said.get('should-retry'),
    echo: said.get('echo') === '1',
    stallAfter: maybe('stall'),
    cutAfter: maybe('cut'),
    shortAfter: maybe('short'),
    errorAfter: maybe('stream-error'),
    tool: said.get('tool'),
    finish: said.get('finish'),
    model: said.get('model'),
    usage: said.get('usage'),
    text: text === undefined ? undefined : decodeURIComponent(text),
    encoding: said.get('encoding'),
    pieceBytes: maybe('pieces'),
    redirect: maybe('redirect'),
    closes: said.get('close') === '1',
    isHeld: said.get('held') === '1',
    isTorn: said.get('torn') === '1',
    resets: said.get('reset') === '1',
    framing: new Set(said.get('framing')?.split(',')),
    type: said.get('type'),
    bigBytes: maybe('big') ?? 0,
    isWide: said.get('wide') === '1',
  };
};
