import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AwsEventStreamParser } from '../../../src/providers/shared/aws-event-stream.ts';
import { JsonArrayParser } from '../../../src/providers/shared/json-array-stream.ts';

const elements = (text: string, size: number): readonly string[] => {
  const found: string[] = [];
  const parser = new JsonArrayParser((element) => found.push(element));
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
  return found;
};

test.each([1, 3, 61, 10_000])('cuts an array of responses that arrives in pieces of %i bytes into its elements', (size) => {
  const all = [{ a: 'grüße ]} "🌍"\\' }, { b: [1, { c: '[{' }] }, {}];
  expect(elements(`\n${JSON.stringify(all, undefined, 1)}\n`, size).map((one) => JSON.parse(one) as unknown)).toEqual(all);
});

test('cuts any array of objects, and drops an element that never ends', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (all, size) => {
      const text = JSON.stringify(all);
      expect(elements(text, size).map((one) => JSON.parse(one) as unknown)).toEqual(JSON.parse(text));
      expect(elements(text.slice(0, -3), size).length).toBeLessThanOrEqual(all.length);
    }),
  );
});

/** Frames a message as Smithy's specification says, with checksums left at zero: the parser only watches. */
const frame = (headers: Readonly<Record<string, string>>, payload: string): Uint8Array => {
  const head = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(Buffer.byteLength(value));
      return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
    }),
  );
  const body = Buffer.from(payload);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(12 + head.length + body.length + 4, 0);
  prelude.writeUInt32BE(head.length, 4);
  return Buffer.concat([prelude, head, body, Buffer.alloc(4)]);
};

const STREAM = Buffer.concat([
  frame({ ':message-type': 'event', ':event-type': 'contentBlockDelta', ':content-type': 'application/json' }, '{"delta":{"text":"grüße"}}'),
  frame({ ':message-type': 'event', ':event-type': 'messageStop' }, ''),
  frame({ ':message-type': 'exception', ':exception-type': 'throttlingException' }, '{"message":"slow down"}'),
]);
const DATA = ['{"contentBlockDelta":{"delta":{"text":"grüße"}}}', '{"messageStop":{}}', '{"throttlingException":{"message":"slow down"}}'];

const messages = (bytes: Uint8Array, size: number): readonly string[] => {
  const found: string[] = [];
  const parser = new AwsEventStreamParser(({ data }) => found.push(data));
  for (let at = 0; at < bytes.length; at += size) {
    // The same memory is used for every piece, as a socket may.
    const piece = Buffer.from(bytes.subarray(at, at + size));
    parser.push(piece);
    piece.fill(0);
  }
  return found;
};

test.each([1, 7, 61, 100_000])('cuts an AWS event stream in pieces of %i bytes into named messages', (size) => {
  expect(messages(STREAM, size)).toEqual(DATA);
});

test('gives what an invoked model sent, without its wrapping', () => {
  const inner = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"grüße"}}';
  const payload = JSON.stringify({ bytes: Buffer.from(inner).toString('base64'), p: 'abc' });
  expect(messages(frame({ ':message-type': 'event', ':event-type': 'chunk' }, payload), 61)).toEqual([inner]);
  expect(messages(frame({ ':message-type': 'event', ':event-type': 'chunk' }, '{}'), 61)).toEqual(['{"chunk":{}}']);
});

test('reads no further after a length that cannot be, and never throws', () => {
  expect(messages(Buffer.concat([STREAM.subarray(0, 1), STREAM]), 10)).toEqual([]);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (bytes, size) => void messages(bytes, size)));
});
