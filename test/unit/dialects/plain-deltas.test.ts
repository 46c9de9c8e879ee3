import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ResponseReader } from '../../../src/providers/shared/dialect.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import { SseTap } from '../../../src/providers/shared/response/sse-tap.ts';
import { anyCharacter } from '../../support/any-character.ts';

interface Piece {
  readonly delta?: Readonly<Record<string, unknown>>;
  readonly finish?: string;
  readonly usage?: boolean;
  readonly padding?: string;
}

const chunkOf = ({ delta, finish, usage, padding }: Piece): string =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model: 'gpt-5.4-2026-03-05',
    service_tier: 'default',
    choices: usage === true ? [] : [{ index: 0, delta: delta ?? {}, logprobs: null, finish_reason: finish ?? null }],
    usage: usage === true ? { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 } : null,
    ...(padding === undefined ? {} : { obfuscation: padding }),
  });

const streamOf = (pieces: readonly Piece[]): Buffer => Buffer.from([...pieces.map(chunkOf), '[DONE]'].map((data) => `data: ${data}\n\n`).join(''));

/** Reads a stream cut at `cuts`; `atAGlance` false takes the short way past plain deltas away. */
const read = (stream: Buffer, cuts: readonly number[], atAGlance: boolean): { readonly facts: unknown; readonly events: number; readonly skipped: number } => {
  const reader = readerOf('openai.chat').response('openai', { captureContent: false });
  let skipped = 0;
  const seen: ResponseReader = {
    body: (json) => reader.body(json),
    event: (json) => reader.event(json),
    wants: (data) => reader.wants(data),
    headers: () => undefined,
    facts: () => reader.facts(),
    ...(atAGlance
      ? {
          skip: (bytes: DataView, from: number) => {
            const next = reader.skip?.(bytes, from) ?? -1;
            if (next > 0) skipped++;
            return next;
          },
        }
      : {}),
  };
  const tap = new SseTap(seen, false);
  let events = 0;
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = cuts[turn % cuts.length] ?? 1;
    // A view into a larger buffer, as sockets give them.
    events += tap.push(Buffer.concat([Buffer.from('data: '), stream.subarray(at, at + size)]).subarray(6));
    at += size;
  }
  return { facts: ((events += tap.end()), reader.facts()), events, skipped };
};

const START: Piece = { delta: { role: 'assistant', content: '' } };
const END: readonly Piece[] = [{ finish: 'stop' }, { usage: true }];
const text = (content: string, padding?: string): Piece => ({ delta: { content }, ...(padding === undefined ? {} : { padding }) });

test.each([
  ['without padding', undefined],
  ['padded', 'k3'],
])('plain deltas are passed by at a glance, %s', (_, padding) => {
  const stream = streamOf([START, ...Array.from({ length: 100 }, (_unused, at) => text(` word${at}`, padding)), ...END]);
  const firstLength = stream.indexOf('\n\n', stream.indexOf('\n\n') + 2) + 2;
  const { events, skipped, facts } = read(stream, [firstLength, stream.length], true);
  expect({ events, skipped }).toEqual({ events: 104, skipped: 99 });
  expect(facts).toMatchObject({ response: { finishReasons: ['stop'], id: 'chatcmpl-1' }, usage: { buckets: { input: 7, output: 5 } }, outputChars: 690 });
});

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: anyCharacter, maxLength: 12 }).map((content) => text(content)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.string({ unit: anyCharacter, maxLength: 12 }), fc.stringMatching(/^[A-Za-z0-9]{0,12}$/))
      .map(([content, padding]) => text(content, padding)),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }).map((content) => ({ delta: { reasoning_content: content } })) },
  {
    weight: 1,
    arbitrary: fc.string({ maxLength: 12 }).map((name) => ({ delta: { tool_calls: [{ index: 0, id: `call_${name}`, function: { name, arguments: '' } }] } })),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }).map((content) => ({ delta: { content }, finish: 'length' })) },
  { weight: 1, arbitrary: fc.constant({ usage: true }) },
);

test('what is passed by at a glance is what would be passed by after a look, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 12 }), (pieces, cuts) => {
      const stream = streamOf([START, ...pieces, ...END]);
      const { facts, events } = read(stream, cuts, true);
      const slowly = read(stream, [stream.length], false);
      expect({ facts, events }).toEqual({ facts: slowly.facts, events: slowly.events });
    }),
    { numRuns: 300 },
  );
});
