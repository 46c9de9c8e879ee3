// The ways in which an app ends a call. Each tells by `saw` what it was given, and lets go of all that it held.
import { decoding } from './decoding.mjs';
import { nodeEndings, sendNode } from './node-clients.mjs';
import { sendPlain } from './plain-calls.mjs';
import { helpers, runners, send } from './sdk-calls.mjs';
import { usageIn } from './usage-in.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** Leaves it behind, and whatever would still become of it. */
const leave = (promise) => void Promise.resolve(promise).catch(() => {});

/** Whether the provider has answered it once, well or not. */
const isBilled = async ({ n }) => (await (await fetch(`${process.env.BASE}/__bill`)).json()).calls.some(({ id }) => id === String(n));

/** Whether the request of such a number has come to the provider. */
export const hasArrived = async (n) => (await fetch(`${process.env.BASE}/__arrived?id=${n}`)).json();

/** Lets the provider answer a request that it holds. */
export const release = (n) => fetch(`${process.env.BASE}/__release?id=${n}`, { method: 'POST' });

const readAll = async (events, saw, until = Infinity) => {
  let count = 0;
  for await (const event of events) {
    saw(event);
    if (++count >= until) break;
  }
};

const someOf = async (events, saw, count) => {
  const iterator = events[Symbol.asyncIterator]();
  for (let i = 0; i < count; i++) {
    const { done, value } = await iterator.next();
    if (done) break;
    saw(value);
  }
  return iterator;
};

/** Reads on after the stream was called off, which may end it or throw. */
const readOn = async (events, saw, after, off) => {
  let count = 0;
  for await (const event of events) {
    saw(event);
    if (++count === after) off();
  }
};

const aborted = () => {
  const controller = new AbortController();
  controller.abort();
  return controller.signal;
};

const soon = (ms) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
};

const answer = async (call, saw, more) => {
  const given = await send(call, more);
  if (call.stream) await readAll(given, saw);
  else if (given instanceof Response) await given.arrayBuffer();
  else saw(given);
};

/** What the app holds on to, and never looks at again. */
const kept = [];

const sdk = {
  refused: answer,
  turnedAway: answer,
  whole: answer,
  failing: answer,
  broken: async (call, saw) => readAll(await send(call), saw, call.after),
  returned: async (call, saw) => void (await (await someOf(await send(call), saw, call.after)).return?.()),
  thrown: async (call, saw) => void (await (await someOf(await send(call), saw, call.after)).throw?.(new Error('mine'))),
  controller: async (call, saw) => {
    const stream = await send(call);
    await readOn(stream, saw, call.after, () => stream.controller.abort());
  },
  signalled: async (call, saw) => {
    const controller = new AbortController();
    await readOn(await send(call, { signal: controller.signal }), saw, call.after, () => controller.abort());
  },
  calledOff: async (call, saw) => {
    const controller = new AbortController();
    kept.push(await someOf(await send(call, { signal: controller.signal }), saw, call.after));
    controller.abort();
  },
  early: (call, saw) => answer(call, saw, { signal: soon(call.wait) }),
  before: (call, saw) => answer(call, saw, { signal: aborted() }),
  late: (call, saw) => answer(call, saw, { timeout: call.wait }),
  dropped: async (call) => void (await send(call)),
  stopped: answer,
  // Neither awaited nor read; as long as it takes to be answered.
  unawaited: (call) => (leave(send(call).asResponse()), sleep(50)),
  between: async (call, saw) => {
    const controller = new AbortController();
    const answered = answer(call, saw, { signal: controller.signal });
    leave(answered);
    while (!(await isBilled(call))) await sleep(20);
    await sleep(call.wait);
    controller.abort();
    await answered;
  },
  after: async (call, saw) => {
    const controller = new AbortController();
    await answer(call, saw, { signal: controller.signal });
    controller.abort();
  },
  forgotten: async (call, saw) => void (await someOf(await send(call), saw, call.after)),
  teed: async (call, saw) => {
    const [one, other] = (await send(call)).tee();
    await Promise.all([readAll(one, saw), readAll(other, () => {}, call.after)]);
  },
  helped: async (call, saw) => {
    const stream = helpers[call.api](call);
    const final = stream.finalChatCompletion ?? stream.finalResponse ?? stream.finalMessage;
    saw(await final.call(stream));
  },
  helperOff: async (call, saw) => {
    const stream = helpers[call.api](call);
    let count = 0;
    for await (const event of stream) {
      saw(event);
      if (++count === call.after) stream.abort();
    }
  },
  raw: async (call, saw) => {
    const response = await send(call).asResponse();
    if (call.stream || call.api === 'speech') await response.text();
    else saw(await response.json());
  },
  rawBroken: async (call, saw) => readAll((await send(call).asResponse()).body, decoding(saw), call.after),
  controllerOff: async (call, saw) => {
    const stream = await send(call);
    kept.push(stream, await someOf(stream, saw, call.after));
    stream.controller.abort();
  },
  // The helper reads by itself, whether anybody listens or not.
  unheard: async (call) => {
    const stream = helpers[call.api](call);
    leave(stream.done());
    while (!stream.ended) await sleep(5);
  },
  helperEarly: async (call) => {
    const stream = helpers[call.api](call);
    setTimeout(() => stream.abort(), call.wait);
    await stream.done();
  },
  helperBefore: async (call) => {
    const stream = helpers[call.api](call);
    stream.abort();
    await stream.done();
  },
  ran: async (call, saw) => {
    const runner = runners[call.api](call);
    saw(await (runner.finalChatCompletion?.() ?? runner));
  },
  rawDropped: async (call) => void (await send(call).asResponse()),
  readable: async (call) => {
    const reader = (await send(call)).toReadableStream().getReader();
    for (let i = 0; i < call.after; i++) await reader.read();
    await reader.cancel();
  },
};

const json = async (call, response, saw) => {
  if (call.api === 'speech') return void (await response.arrayBuffer());
  const said = await response.json();
  if (response.ok && !Array.isArray(said)) saw(said);
};

const pieces = async (reader, saw, count = Infinity) => {
  const take = decoding(saw);
  for (let i = 0; i < count; i++) {
    const { done, value } = await reader.read();
    if (done) return;
    take(value);
  }
};

const refused = async (call) => void (await (await sendPlain(call)).text());

const wire = {
  refused,
  turnedAway: refused,
  whole: async (call, saw) => {
    const response = await sendPlain(call);
    if (!call.stream) return json(call, response, saw);
    const forms = [
      () => response.text(),
      () => response.arrayBuffer(),
      () => pieces(response.body.getReader(), saw),
      () => readAll(response.body, decoding(saw)),
      () => response.bytes(),
      () => response.body.pipeTo(new WritableStream({ write: decoding(saw) })),
      () => readAll(response.body.pipeThrough(new TransformStream()), decoding(saw)),
    ];
    return forms[call.n % forms.length]();
  },
  probe: async (call, saw) => json(call, await sendPlain(call), saw),
  failing: refused,
  stopped: async (call, saw) => readAll((await sendPlain(call)).body, decoding(saw)),
  after: async (call, saw) => {
    const controller = new AbortController();
    const response = await sendPlain(call, { signal: controller.signal });
    await (call.stream ? response.text() : json(call, response, saw));
    controller.abort();
  },
  broken: async (call, saw) => readAll((await sendPlain(call)).body, decoding(saw), call.after),
  returned: async (call, saw) => void (await (await someOf((await sendPlain(call)).body, decoding(saw), call.after)).return()),
  cancelled: async (call, saw) => {
    const reader = (await sendPlain(call)).body.getReader();
    await pieces(reader, saw, call.after);
    await reader.cancel();
  },
  unread: async (call) => (await sendPlain(call)).body.cancel(),
  released: async (call, saw) => {
    const reader = (await sendPlain(call)).body.getReader();
    await pieces(reader, saw, call.after);
    reader.releaseLock();
  },
  signalled: async (call, saw) => {
    const controller = new AbortController();
    const reader = (await sendPlain(call, { signal: controller.signal })).body.getReader();
    await pieces(reader, saw, call.after);
    controller.abort();
    await reader.read();
  },
  calledOff: async (call, saw) => {
    const controller = new AbortController();
    const reader = (await sendPlain(call, { signal: controller.signal })).body.getReader();
    kept.push(reader);
    await pieces(reader, saw, call.after);
    controller.abort();
  },
  early: async (call) => void (await (await sendPlain(call, { signal: soon(call.wait) })).text()),
  before: async (call) => void (await (await sendPlain(call, { signal: aborted() })).text()),
  late: async (call) => void (await (await sendPlain(call, { signal: AbortSignal.timeout(call.wait) })).text()),
  dropped: async (call) => void (await sendPlain(call)),
  forgotten: async (call, saw) => pieces((await sendPlain(call)).body.getReader(), saw, call.after),
  teed: async (call, saw) => {
    const [one, other] = (await sendPlain(call)).body.tee();
    await Promise.all([pieces(one.getReader(), saw), readAll(other, () => {}, 1)]);
  },
  cloned: async (call, saw) => {
    const response = await sendPlain(call);
    const clone = response.clone();
    if (call.n % 2 === 0) leave(response.body.cancel());
    await (call.stream ? clone.text() : json(call, clone, saw));
  },
};

/** Makes a call and ends it; resolves with what the app saw of it. */
export const end = async (call) => {
  const told = { n: call.n, events: 0 };
  const saw = (said) => {
    told.events++;
    const usage = usageIn(call.api, said);
    if (usage !== undefined && usage !== null) told.usage = { ...told.usage, ...usage };
  };
  try {
    const ways = call.sdk ? sdk : call.via === undefined ? wire : nodeEndings;
    await ways[call.ending](call, saw);
  } catch (error) {
    told.error = error.constructor.name;
  }
  return told;
};

/** Begins a call and stays in the middle of it: until its first piece, or without waiting for its headers. */
export const begin = async (call) => {
  const begun = call.sdk ? send(call) : call.via === undefined ? sendPlain(call) : sendNode(call);
  if (call.script.latency > 0) {
    leave(begun);
    // Until it is sent; one that waits for a place is not, and has what time that takes.
    if (call.tags?.place === 'last') return sleep(30);
    while (!(await hasArrived(call.n))) await sleep(5);
    return undefined;
  }
  const given = await begun;
  if (!call.stream) return given;
  if (call.via !== undefined) return someOf(given, () => {}, 1);
  return call.sdk ? someOf(given, () => {}, 1) : given.body.getReader().read();
};
