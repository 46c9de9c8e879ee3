import { parseArgs } from 'node:util';
import { PurserError } from '../call/errors.ts';
import { nearestKey } from '../config/nearest.ts';
import { DETECTORS } from '../redaction/detectors/detector-table.ts';
import { type ExplainingRedactor, createRedactor } from '../redaction/redactor.ts';
import type { RedactionSettings } from '../redaction/settings.ts';

/** What a command may reach of the world around it. */
export interface CommandIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array>;
}

const HELP = `Usage: purser redact [options] < FILE

Writes the text from standard input with secrets and personal data marked.

  --explain      list what was found, by which detector and why, instead of the text
  --jsonl        read lines {"id", "text"}, write lines {"id", "redacted", "findings": [{"detector", "start", "end"}]};
                 offsets are UTF-16 units of the input
  --hash         put keyed digests instead of marks; the key is random for this run
  --on NAMES     turn detectors on, separated by commas, such as phone,ip-address
  --off NAMES    turn detectors off
  --help         show this
`;

// A file may be longer than any attribute, and nobody waits for it.
const LIMITS: RedactionSettings = { maxChars: Number.POSITIVE_INFINITY, maxFindings: 1_000_000, budgetMs: 60_000 };
const OK = 0;
const BAD_INPUT = 1;
const BAD_USE = 2;

async function* lines(stdin: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stdin) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

const readAll = async (stdin: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const isLine = (value: unknown): value is { readonly id?: unknown; readonly text: string } =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';

const parsed = (line: string, number: number): { readonly id?: unknown; readonly text: string } => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (!isLine(value))
    throw new PurserError('input_invalid', { where: `line ${number}`, key: 'the line', seen: 'something else', wanted: '{"id": …, "text": "…"}' });
  return value;
};

const redactLines = async (redactor: ExplainingRedactor, io: CommandIo): Promise<number> => {
  let number = 0;
  let code = OK;
  for await (const line of lines(io.stdin)) {
    number++;
    if (line.trim() === '') continue;
    try {
      const { id, text } = parsed(line, number);
      io.stdout(`${JSON.stringify({ id, redacted: redactor.text(text, 'file'), findings: redactor.find(text) })}\n`);
    } catch (error) {
      if (!(error instanceof PurserError)) throw error;
      io.stderr(`${error.message}\n`);
      code = BAD_INPUT;
    }
  }
  return code;
};

const explain = (redactor: ExplainingRedactor, text: string, io: CommandIo): void => {
  const hits = redactor.explain(text);
  let line = 1;
  let lineStart = 0;
  for (const { detector, start, end, why } of hits) {
    for (let next = text.indexOf('\n', lineStart); next >= 0 && next < start; next = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = next + 1;
    }
    io.stdout(`${line}:${start - lineStart + 1}  ${detector}  ${end - start} characters: ${why}\n`);
  }
  io.stdout(`${hits.length} found\n`);
};

const KNOWN = DETECTORS.map(({ name }) => name);

/** The detectors that a flag names. @throws {input_invalid} for one that there is not: what it should have marked would stay */
const names = (flag: 'on' | 'off', list: string | undefined): readonly string[] => {
  const listed = list === undefined ? [] : list.split(',').map((name) => name.trim());
  const unknown = listed.find((name) => !KNOWN.includes(name));
  if (unknown === undefined) return listed;
  throw new PurserError('input_invalid', { where: 'purser redact', key: `--${flag}`, seen: unknown, wanted: nearestKey(unknown, KNOWN) ?? KNOWN.join(', ') });
};

const options = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      explain: { type: 'boolean' },
      jsonl: { type: 'boolean' },
      hash: { type: 'boolean' },
      on: { type: 'string' },
      off: { type: 'string' },
      help: { type: 'boolean' },
    },
  }).values;

/** Runs `purser redact` with its arguments. Gives 0, 1 when some input could not be read, 2 when the arguments are wrong. */
export const run = async (args: readonly string[], io: CommandIo): Promise<number> => {
  let chosen: ReturnType<typeof options>;
  try {
    chosen = options(args);
  } catch (error) {
    io.stderr(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return BAD_USE;
  }
  if (chosen.help === true) {
    io.stdout(HELP);
    return OK;
  }
  const redactor = createRedactor({
    ...LIMITS,
    modes: { file: chosen.hash === true ? 'hash' : 'redact' },
    detectors: { on: names('on', chosen.on), off: names('off', chosen.off) },
  });
  if (chosen.jsonl === true) return redactLines(redactor, io);
  const text = await readAll(io.stdin);
  if (chosen.explain === true) explain(redactor, text, io);
  else io.stdout(redactor.text(text, 'file'));
  return OK;
};
