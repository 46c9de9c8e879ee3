import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startLocalProvider } from './local-provider/start.ts';
import { runNode, type Ran } from './run-node.ts';
import { scratchFolder } from './scratch.ts';

/** A span as the JSON lines file holds it. */
export interface SpanLine {
  readonly kind: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: string;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
}

/** What a preloaded app did, and what was recorded of it. */
export interface Preloaded extends Ran {
  readonly spans: readonly SpanLine[];
  /** The lines of the file as they are, events and all. */
  readonly raw: string;
  /** What the app printed, line by line, parsed as JSON. */
  readonly printed: readonly unknown[];
}

/** What of each SDK is at hand, by the names that a body uses: loading all four takes longer than most tests. */
const SDKS: readonly (readonly [names: RegExp, head: string])[] = [
  [/\b(?:openai|OpenAI)\b/, "import OpenAI from 'openai'; const openai = new OpenAI({ apiKey: key, baseURL: base + '/v1' });"],
  [/\b(?:anthropic|Anthropic)\b/, "import Anthropic from '@anthropic-ai/sdk'; const anthropic = new Anthropic({ apiKey: key, baseURL: base });"],
  [/\b(?:genai|GoogleGenAI)\b/, "import { GoogleGenAI } from '@google/genai'; const genai = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: base } });"],
  [
    /\b(?:gemini|GoogleGenerativeAI)\b/,
    `import { GoogleGenerativeAI } from '@google/generative-ai';
const gemini = new GoogleGenerativeAI(key).getGenerativeModel({ model: 'gemini-2.5-flash' }, { baseUrl: base });`,
  ],
];

const HEAD = `
const base = process.env.BASE;
const key = 'local-test-key';
const chat = { model: 'gpt-5.4', messages: [{ role: 'user', content: 'hello' }] };
const message = { model: 'claude-sonnet-5', max_tokens: 64, messages: [{ role: 'user', content: 'hello' }] };
const scripted = (script) => ({ headers: Object.fromEntries(Object.entries(script).map(([k, v]) => ['x-local-' + k, String(v)])) });
const print = (value) => console.log(JSON.stringify(value));
`;

const headFor = (body: string): string =>
  HEAD +
  SDKS.filter(([names]) => names.test(body))
    .map(([, head]) => `${head}\n`)
    .join('');

/**
 * Runs the body of an ES module with the preload against a local provider of its own. `openai`, `anthropic`, `genai`, `gemini`,
 * `chat`, `message`, `scripted` and `print` are at hand.
 */
export const runPreloaded = async (body: string, env: Readonly<Record<string, string>> = {}): Promise<Preloaded> => {
  const provider = await startLocalProvider();
  const folder = scratchFolder();
  const file = join(folder, 'calls.jsonl');
  // With a flag of V8's own Node's compiled parts do not fit, and are compiled anew: only who asks for it gets one.
  const flags = /\bgc\(/.test(body) ? ['--expose-gc'] : [];
  const ran = await runNode(['--import', resolve('dist/register.js'), ...flags, '--input-type=module', '-e', headFor(body) + body], {
    env: {
      BASE: provider.url,
      PURSER_JSONL_FILE: file,
      PURSER_STORE_PATH: folder,
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...env,
    },
  });
  await provider.close();
  const raw = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = raw.split('\n').filter((line) => line !== '');
  return {
    ...ran,
    raw,
    spans: lines.map((line) => JSON.parse(line) as SpanLine).filter(({ kind }) => kind === 'span'),
    printed: ran.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown),
  };
};
