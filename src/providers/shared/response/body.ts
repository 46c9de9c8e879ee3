import { timers } from '../../../base/timers.ts';
import { guard } from '../../../base/diag.ts';
import type { Observation } from './observation.ts';

type Read = ReadableStreamReadResult<Uint8Array>;
type AnyReader = ReadableStreamDefaultReader<Uint8Array>;

const observations = new WeakMap<object, Observation>();

/** The responses of bodies that nobody reads yet. */
const responses = new WeakMap<object, WeakRef<object>>();

/**
 * An app may keep the body alone; as long as it reads that, its response counts as kept. Not before: undici holds the body of an exchange that is not over,
 * and lets go of its connection when the response of a body that nobody reads is collected.
 */
const holders = new WeakMap<object, object>();

const hold = (body: object): void => {
  const response = responses.get(body)?.deref();
  if (response !== undefined) holders.set(body, response);
};

/**
 * Why undici cancels a body: nobody can come to read it any more. The call ends by the collection itself.
 * @source undici 7, `lib/web/fetch/body.js`, `streamRegistry`
 */
const COLLECTED = 'Response object has been garbage collected';

const prototypes = new WeakMap<object, object>();

/** Handles the results of one reader or iterator of a body: watches, filters, stops. */
class Reading {
  readonly #observation: Observation;
  readonly #next: () => Promise<Read>;
  readonly #cancel: (reason: unknown) => Promise<unknown>;
  /** Whether nothing comes any more: all was read, or the app let the rest go. */
  done = false;
  /** Whether the reader was let go of, which says nothing of the body. */
  released = false;

  constructor(observation: Observation, next: () => Promise<Read>, cancel: (reason: unknown) => Promise<unknown>) {
    this.#observation = observation;
    this.#next = next;
    this.#cancel = cancel;
  }

  readonly onRead = (result: Read): Read | Promise<Read> => {
    if (result.done) return this.#finish(result);
    const refusal = guard('observe.bytes', () => this.#observation.bytes(result.value));
    if (refusal !== undefined) return this.#stop(refusal);
    if (this.#observation.filter === undefined) return result;
    const kept = this.#observation.filter.push(result.value);
    if (kept === undefined) return this.#next().then(this.onRead, this.onError);
    return kept === result.value ? result : { done: false, value: kept };
  };

  readonly onError = (error: unknown): never => {
    this.onBroken(error);
    throw error;
  };

  /** The body broke off. Who waits for that alone, as `Readable.fromWeb` does, reads no more. */
  readonly onBroken = (error: unknown): void => {
    if (!this.released) guard('observe.broken', () => this.#observation.call.failed(error));
  };

  #finish(result: Read): Read {
    if (this.done) return result;
    this.done = true;
    guard('observe.finish', () => this.#observation.finished());
    const rest = this.#observation.filter?.flush();
    return rest !== undefined && rest.length > 0 ? { done: false, value: rest } : result;
  }

  #stop(refusal: NonNullable<ReturnType<Observation['bytes']>>): never {
    const { call, options } = this.#observation;
    call.blocked(refusal);
    this.#cancel(options.refusalError(refusal)).catch(() => undefined);
    throw options.refusalError(refusal);
  }
}

const makeReaderPrototype = (prototype: object): object => {
  const original = prototype as AnyReader;
  const methods = {
    read(this: AnyReader, ...args: readonly unknown[]): Promise<Read> {
      const read = (): Promise<Read> => Reflect.apply(original.read, this, args) as Promise<Read>;
      const reading = readings.get(this);
      return reading === undefined ? read() : read().then(reading.onRead, reading.onError);
    },
    cancel(this: AnyReader, reason?: unknown): Promise<void> {
      const reading = readings.get(this);
      if (reading !== undefined) reading.done = true;
      observationOf(this)?.cancelled();
      return Reflect.apply(original.cancel, this, [reason]);
    },
    releaseLock(this: AnyReader): void {
      const reading = readings.get(this);
      const observation = observationOf(this);
      if (reading !== undefined) reading.released = true;
      // Some SDKs let go of a stream that was broken off without cancelling it; nobody will read on.
      if (reading !== undefined && !reading.done && observation !== undefined) timers.setImmediate(() => lockedAgain(this) || observation.cancelled()).unref();
      Reflect.apply(original.releaseLock, this, []);
    },
  };
  return Object.create(prototype, describe(methods)) as object;
};

const readings = new WeakMap<object, Reading>();
const bodies = new WeakMap<object, WeakRef<ReadableStream>>();
const observationOf = (reader: object): Observation | undefined => {
  const body = bodies.get(reader)?.deref();
  return body === undefined ? undefined : observations.get(body);
};
const lockedAgain = (reader: object): boolean => bodies.get(reader)?.deref()?.locked ?? false;

const describe = (methods: object): PropertyDescriptorMap => {
  const descriptors: PropertyDescriptorMap = {};
  for (const name of Reflect.ownKeys(methods))
    descriptors[name as string] = { value: Reflect.get(methods, name), configurable: true, enumerable: false, writable: true };
  return descriptors;
};

const cached = (prototype: object, make: (prototype: object) => object): object => {
  let made = prototypes.get(prototype);
  if (made === undefined) {
    made = make(prototype);
    prototypes.set(prototype, made);
  }
  return made;
};

const AsyncIteratorPrototype: unknown = Object.getPrototypeOf(Object.getPrototypeOf(async function* none() {}.prototype));

/** @param isKept whether the body can be read on where the app lets go of the iterator */
const observeIterator = (iterator: AsyncIterator<Uint8Array>, observation: Observation, isKept = false): AsyncIterator<Uint8Array> => {
  const next = (): Promise<Read> => iterator.next() as Promise<Read>;
  const cancel = (): Promise<unknown> => Promise.resolve(iterator.return?.());
  const reading = new Reading(observation, next, cancel);
  const methods = {
    next: () => next().then(reading.onRead, reading.onError),
    return(value?: unknown): Promise<IteratorResult<Uint8Array>> {
      if (!reading.done && !isKept) observation.cancelled();
      reading.done ||= !isKept;
      return iterator.return === undefined ? Promise.resolve({ done: true, value }) : iterator.return(value);
    },
    [Symbol.asyncIterator](): unknown {
      return this;
    },
  };
  return Object.create(AsyncIteratorPrototype as object, describe(methods)) as AsyncIterator<Uint8Array>;
};

type StreamClass = typeof ReadableStream;

/** The class that parts of a body have: the platform's, also where the body is of a class below it, or that of another implementation. */
const classOf = (body: object): StreamClass => (body instanceof ReadableStream ? ReadableStream : (body.constructor as StreamClass));

/** A stream that passes on what an observed reader reads, for the platform's own plumbing, which cannot be watched. */
const passOn = (reader: AnyReader, Stream: StreamClass): ReadableStream<Uint8Array> =>
  new Stream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason: unknown) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );

/** The same as a stream of bytes, whose parts each have bytes of their own and fill buffers of the app's. */
const passBytesOn = (reader: AnyReader, Stream: StreamClass): ReadableStream<Uint8Array> =>
  new Stream({
    type: 'bytes',
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value as Uint8Array<ArrayBuffer>);
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: (reason: unknown) => reader.cancel(reason),
  });

/** Whether a stream is one of bytes, which only those let be read into a buffer; one that is locked is answered by the platform. */
const holdsBytes = (body: ReadableStream<Uint8Array>, { getReader }: ReadableStream<Uint8Array>): boolean => {
  try {
    Reflect.apply<unknown, readonly unknown[], ReadableStreamBYOBReader>(getReader as never, body, [{ mode: 'byob' }]).releaseLock();
    return true;
  } catch {
    return false;
  }
};

/** What is taken out of a stream changes how much there is to be read, which a buffer of the app's that is filled already cannot tell. */
const isFiltered = (body: object): boolean => observations.get(body)?.filter !== undefined;
const wantsBytes = (options: unknown): boolean => typeof options === 'object' && options !== null && 'mode' in options && options.mode === 'byob';

/** What cannot be piped into is answered by the platform, and leaves the body as it was. */
const isFree = (to: unknown): boolean => to instanceof WritableStream && !to.locked;

const makeBodyPrototype = (prototype: object): object => {
  const original = prototype as ReadableStream<Uint8Array>;
  const iterate = function iterate(this: ReadableStream<Uint8Array>, options?: ReadableStreamIteratorOptions): AsyncIterator<Uint8Array> {
    const values = Reflect.get(prototype, Symbol.asyncIterator) as typeof iterate;
    const iterator = Reflect.apply(values, this, [options]);
    const observation = observations.get(this);
    hold(this);
    return observation === undefined ? iterator : observeIterator(iterator, observation, options?.preventCancel);
  };
  const methods = {
    getReader(this: ReadableStream<Uint8Array>, ...args: readonly unknown[]): AnyReader {
      if (isFiltered(this) && wantsBytes(args[0]) && holdsBytes(this, original))
        return passBytesOn(this.getReader(), classOf(this)).getReader({ mode: 'byob' }) as unknown as AnyReader;
      const reader: AnyReader = Reflect.apply<unknown, readonly unknown[], AnyReader>(original.getReader as never, this, args);
      const observation = observations.get(this);
      if (observation === undefined) return reader;
      hold(this);
      const own: object = Object.getPrototypeOf(reader) as object;
      const next = (): Promise<Read> => Reflect.apply((own as AnyReader).read, reader, []) as Promise<Read>;
      const reading = new Reading(observation, next, (reason) => Reflect.apply((own as AnyReader).cancel, reader, [reason]));
      readings.set(reader, reading);
      reader.closed.catch(reading.onBroken);
      bodies.set(reader, new WeakRef(this));
      Object.setPrototypeOf(reader, cached(own, makeReaderPrototype));
      return reader;
    },
    values: iterate,
    [Symbol.asyncIterator]: iterate,
    cancel(this: ReadableStream<Uint8Array>, reason?: unknown): Promise<void> {
      if (reason !== COLLECTED) observations.get(this)?.cancelled();
      return Reflect.apply(original.cancel, this, [reason]);
    },
    tee(this: ReadableStream<Uint8Array>): unknown {
      const pass = holdsBytes(this, original) ? passBytesOn : passOn;
      return pass(this.getReader(), classOf(this)).tee();
    },
    pipeThrough(this: ReadableStream<Uint8Array>, ...args: Parameters<ReadableStream<Uint8Array>['pipeThrough']>): unknown {
      const takes = isFree((args[0] as Partial<(typeof args)[0]> | undefined)?.writable) && args[0].readable instanceof ReadableStream;
      return Reflect.apply(original.pipeThrough, takes ? passOn(this.getReader(), classOf(this)) : this, args);
    },
    pipeTo(this: ReadableStream<Uint8Array>, ...args: Parameters<ReadableStream<Uint8Array>['pipeTo']>): Promise<void> {
      if (this.locked || !isFree(args[0])) return Reflect.apply(original.pipeTo, this, args);
      const reader = this.getReader();
      const piped = Reflect.apply(original.pipeTo, passOn(reader, classOf(this)), args);
      // What was not read to its end may be read on, where the app wants that.
      const over = (): void => reader.releaseLock();
      piped.then(over, over);
      return piped;
    },
  };
  return Object.create(prototype, describe(methods)) as object;
};

/** Bodies of other implementations of fetch are Node streams; those are read by their iterator. */
const observeForeign = (body: object, observation: Observation): void => {
  const iterate = Reflect.get(body, Symbol.asyncIterator) as ((this: object) => AsyncIterator<Uint8Array>) | undefined;
  if (typeof iterate !== 'function') return;
  Object.defineProperty(body, Symbol.asyncIterator, {
    configurable: true,
    value: function observed(this: object) {
      return observeIterator(Reflect.apply(iterate, this, []), observation);
    },
  });
};

/** Whether a body is a stream of the web's kind, also one of another implementation, as Remix has it. */
const isWebStream = (body: unknown): body is ReadableStream =>
  typeof body === 'object' && body !== null && typeof (body as Partial<ReadableStream>).getReader === 'function';

/** Makes `body` tell `observation` what the app reads of it. The body stays the same object; watching it twice does nothing. */
export const observeBody = (body: object, observation: Observation, response: object): void => {
  if (observations.has(body)) return;
  observations.set(body, observation);
  if (!isWebStream(body)) {
    holders.set(body, response);
    return observeForeign(body, observation);
  }
  responses.set(body, new WeakRef(response));
  const prototype: object = Object.getPrototypeOf(body) as object;
  Object.setPrototypeOf(body, cached(prototype, makeBodyPrototype));
};

/** Leaves a body alone that nobody reads yet: its response is about to be cloned, and each part of it is watched by itself. */
export const leaveBody = (body: unknown): void => {
  if (!isWebStream(body) || !observations.delete(body)) return;
  responses.delete(body);
  Object.setPrototypeOf(body, Object.getPrototypeOf(Object.getPrototypeOf(body)) as object);
};
