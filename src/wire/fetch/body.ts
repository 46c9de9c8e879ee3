import { timers } from '../../base/timers.ts';
import { MOST, readText, UNREAD, type BodyRead } from '../read-text.ts';
import type { FetchSeen } from '../wire-calls.ts';
import { headerOf, headersOf } from './headers.ts';

const fieldsOf = (form: FormData): Readonly<Record<string, string>> => {
  const fields: Record<string, string> = {};
  for (const [name, value] of form.entries()) if (typeof value === 'string') fields[name] = value;
  return fields;
};

const bufferOf = (body: unknown): Buffer | undefined => {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return body instanceof ArrayBuffer ? Buffer.from(body) : undefined;
};

const given = (body: unknown, type: string): BodyRead => {
  if (typeof body === 'string') return readText(body);
  const bytes = bufferOf(body);
  if (bytes !== undefined) return type.includes('multipart') || bytes.length > MOST ? UNREAD : readText(bytes.toString('utf8'));
  const { entries, constructor } = body as { readonly entries?: unknown; readonly constructor?: { readonly name?: string } };
  if (constructor?.name === 'FormData' && typeof entries === 'function') return { text: undefined, value: fieldsOf(body as FormData) };
  // Streams, blobs and iterables are the app's; reading them would take from it or hold it up.
  return UNREAD;
};

const turn = (): Promise<undefined> => new Promise((done) => timers.setImmediate(() => done(undefined)));

/**
 * Reads the body of a Request from a clone, as long as it is there at once: a Request made of a text gives it within a few turns of the loop,
 * one made of a stream is let go, so that nothing waits for the app's own producer.
 */
const ofRequest = async (request: Request): Promise<BodyRead> => {
  const reader = request.clone().body?.getReader();
  if (reader === undefined) return UNREAD;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const result = await Promise.race([reader.read(), turn()]);
    if (result === undefined || size > MOST) {
      reader.cancel().catch(() => undefined);
      return UNREAD;
    }
    if (result.done) return readText(Buffer.concat(pieces).toString('utf8'));
    pieces.push(result.value);
    size += result.value.byteLength;
  }
};

/** Reads what a request sends. A promise only for the body of a Request object; it never rejects. */
export const readBody = (seen: Pick<FetchSeen, 'input' | 'init'>): BodyRead | Promise<BodyRead> => {
  const { input, init } = seen;
  const type = headerOf(headersOf(seen), 'content-type') ?? '';
  if (init?.body !== undefined && init.body !== null) return given(init.body, type);
  if (typeof input === 'string' || !(input instanceof Request) || input.body === null || input.bodyUsed) return UNREAD;
  return type.includes('json') ? ofRequest(input).catch(() => UNREAD) : UNREAD;
};
