import type { OpenCall } from '../../../call/adapter.ts';
import { guard } from '../../../base/diag.ts';
import { createMark } from '../../../base/mark.ts';
import type { ResponseReader } from '../dialect.ts';
import type { HeaderGet } from '../rate-limit.ts';
import { leaveBody, observeBody } from './body.ts';
import { Observation, type ObserveOptions } from './observation.ts';

/** What of a fetch Response is used; other implementations of fetch have it too. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
}

type Anything = Record<PropertyKey, unknown>;

/** The observation of a response, kept on the response itself. */
const observed = createMark<Observation>();

const observedPrototypes = new WeakMap<object, object>();

/** A response that nobody reads is collected some day; then its call ends. */
const collected = new FinalizationRegistry<Observation>((observation) => observation.collected());

/** What is registered lives longer than it has to: it outlives every minor collection. */
const forget = (observation: Observation): void => void collected.unregister(observation);

const watchKept = (observation: Observation, response: object): void => {
  collected.register(response, observation, observation);
  observation.whenOver(forget);
};

const watch = <T>(promise: unknown, seen: (value: T) => void, failed: (error: unknown) => void): Promise<T> =>
  (promise as Promise<T>).then(
    (value) => {
      guard('observe.value', () => seen(value));
      return value;
    },
    (error: unknown) => {
      failed(error);
      throw error;
    },
  );

const bodyOf = (response: object, prototype: object): unknown => {
  const body: unknown = Reflect.get(prototype, 'body', response);
  const observation = observed.of(response);
  if (observation !== undefined && typeof body === 'object' && body !== null) {
    guard('observe.body', () => {
      observation.begin();
      observeBody(body, observation, response);
    });
  }
  return body;
};

/** As the platform does: without a byte order mark. */
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Text of a stream whose usage is hidden must come through the filter, so it is read from the observed body. */
const filteredText = async (body: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** The platform's own response, which makes of bytes what it makes of any of that type. */
const platforms = (bytes: Uint8Array, headers: ResponseLike['headers']): Response =>
  new Response(new Uint8Array(bytes), { headers: { 'content-type': headers.get('content-type') ?? '' } });

/** Whether the body of a response is being read, or was. */
const isTaken = (response: object, prototype: object): boolean => {
  if ((response as { readonly bodyUsed?: boolean }).bodyUsed === true) return true;
  const body = Reflect.get(prototype, 'body', response) as { readonly locked?: boolean } | null | undefined;
  return body?.locked === true;
};

const reading = (
  prototype: object,
  method: string,
  seen: (observation: Observation, value: never) => void,
  convert: (bytes: Uint8Array, response: ResponseLike) => unknown,
) =>
  function read(this: object): unknown {
    const original = Reflect.get(prototype, method, this) as () => unknown;
    const observation = observed.of(this);
    observation?.begin();
    if (observation === undefined || observation.call.ended) {
      if (observation?.filter === undefined) return Reflect.apply(original, this, []);
    }
    // A body that somebody reads or has read has nothing to filter. The platform's own error for it says nothing of the answer, which the other one gets.
    const taken = guard('observe.taken', () => isTaken(this, prototype)) === true;
    if (observation?.filter !== undefined && !taken) {
      const body = bodyOf(this, prototype) as AsyncIterable<Uint8Array> | null;
      if (body !== null) return filteredText(body).then((bytes) => convert(bytes, this as ResponseLike));
    }
    const promise = Reflect.apply(original, this, []);
    if (observation === undefined || taken) return promise;
    return watch(
      promise,
      (value: never) => seen(observation, value),
      (error) => observation.call.failed(error),
    );
  };

/** A clone is followed too: an app may read it in the place of the response. */
const cloning = (prototype: object) =>
  function clone(this: object): unknown {
    const observation = observed.of(this);
    if (observation !== undefined) guard('observe.split', () => isTaken(this, prototype) || leaveBody(Reflect.get(prototype, 'body', this)));
    const made: unknown = Reflect.apply(Reflect.get(prototype, 'clone', this) as () => unknown, this, []);
    if (observation !== undefined && typeof made === 'object' && made !== null) guard('observe.clone', () => attach(made, observation.branch()));
    return made;
  };

/** Larger blobs hold files. */
const BLOB_LIMIT = 8 * 1024 * 1024;

/** A blob can be read as often as one likes, so its text is read beside the app, which has it already. */
const readBlob = (observation: Observation, blob: Blob): void => {
  if (observation.isStream || blob.size > BLOB_LIMIT || typeof blob.text !== 'function') {
    observation.opaque();
    return;
  }
  blob.text().then(
    (text) => guard('observe.value', () => observation.text(text)),
    () => observation.opaque(),
  );
};

const makePrototype = (prototype: object): object => {
  const methods: Anything = {
    text: reading(prototype, 'text', (o, v: string) => o.text(v), textOf),
    json: reading(
      prototype,
      'json',
      (o, v: unknown) => o.json(v),
      (b) => JSON.parse(textOf(b)) as unknown,
    ),
    arrayBuffer: reading(
      prototype,
      'arrayBuffer',
      (o, v: ArrayBuffer) => (o.bytes(new Uint8Array(v)), o.finished()),
      (b) => b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength),
    ),
    bytes: reading(
      prototype,
      'bytes',
      (o, v: Uint8Array) => (o.bytes(v), o.finished()),
      (b) => new Uint8Array(b),
    ),
    blob: reading(
      prototype,
      'blob',
      (o, v: Blob) => readBlob(o, v),
      (b, { headers }) => platforms(b, headers).blob(),
    ),
    formData: reading(
      prototype,
      'formData',
      (o) => o.opaque(),
      (b, { headers }) => platforms(b, headers).formData(),
    ),
  };
  const descriptors: PropertyDescriptorMap = {
    body: {
      configurable: true,
      enumerable: false,
      get(this: object) {
        return bodyOf(this, prototype);
      },
    },
  };
  if ('clone' in prototype) descriptors['clone'] = { value: cloning(prototype), configurable: true, enumerable: false, writable: true };
  for (const [name, value] of Object.entries(methods))
    if (name in prototype) descriptors[name] = { value, configurable: true, enumerable: false, writable: true };
  return Object.create(prototype, descriptors) as object;
};

const observedPrototype = (prototype: object): object => {
  let made = observedPrototypes.get(prototype);
  if (made === undefined) {
    made = makePrototype(prototype);
    observedPrototypes.set(prototype, made);
  }
  return made;
};

const attach = (target: object, observation: Observation): void => {
  observed.put(target, observation);
  const prototype: unknown = Object.getPrototypeOf(target);
  if (typeof prototype !== 'object' || prototype === null) return;
  Object.setPrototypeOf(target, observedPrototype(prototype));
  if (observation.isStream) watchKept(observation, target);
};

/** How many headers are asked for one by one: as many as OpenAI and Anthropic need, which say what is looked for first. Of others two dozen names are tried. */
const ONE_BY_ONE = 9;

/**
 * Gives headers by name. Asking the platform's Headers for some twenty names costs more than going through all of them once.
 * Made here, where no response is in sight: what is kept must not hold on to it, since its collection ends the call of an app that never reads it.
 */
const getterOf = (headers: ResponseLike['headers']): HeaderGet => {
  let asked = 0;
  let all: ReadonlyMap<string, string> | undefined;
  return (name) => {
    if (all !== undefined) return all.get(name);
    if (++asked <= ONE_BY_ONE || !(headers instanceof Headers)) return headers.get(name);
    all = new Map(headers);
    return all.get(name);
  };
};

/**
 * Watches how the app reads `response` and ends `call` when it has, whichever way it reads. The response stays the same object of the
 * same class and is read only as far as the app reads it. Never throws.
 */
export const observeResponse = (response: ResponseLike, call: OpenCall, reader: ResponseReader, options: ObserveOptions): void => {
  guard('observe.response', () => {
    const { headers, status } = response;
    reader.headers(getterOf(headers), status);
    const observation = new Observation(call, reader, headers.get('content-type') ?? '', status, options);
    if (status === 204 || response.body === null) {
      observation.opaque();
      return;
    }
    attach(response, observation);
    observation.awaitReader(response, watchKept);
  });
};

/** The observation of a response that is being watched. */
export const observationOf = (response: object): Observation | undefined => observed.of(response);
