// An app that makes the calls of its plan, so many at once, ends each as the plan says, and exits in the middle of the last ones.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import * as purser from 'purser';
import { begin, end, hasArrived, release } from './endings.mjs';

const [, , planFile, pageFile] = process.argv;
const { calls, atOnce, leave, killAfter } = JSON.parse(readFileSync(planFile, 'utf8'));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const page = createServer(purser.metricsHandler);
// Workers of a cluster would share one port.
await new Promise((resolve) => page.listen({ port: 0, host: '127.0.0.1', exclusive: true }, resolve));
const scrape = async () => (await fetch(`http://127.0.0.1:${page.address().port}/metrics`)).text();
const inFlight = (text) => {
  const values = [...text.matchAll(/^purser_calls_in_flight\{[^}]*\} (\S+)/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
};

const labelled = (call, work) => purser.with({ tags: { n: String(call.n), ending: call.ending, whole: String(call.ending === 'whole'), ...call.tags } }, work);

const holders = new Map(calls.map((call) => [call.n, call]));
const isHolder = new Set(calls.map(({ behind }) => behind));
let made = 0;
const make = async (call) => {
  print(await labelled(call, () => end(call)));
  if (++made === killAfter) process.kill(process.pid, 'SIGKILL');
};
/** Makes a call once the one that holds its place has it. */
const makeBehind = async (call) => {
  const held = make(holders.get(call.behind));
  while (!(await hasArrived(call.behind))) await sleep(10);
  const done = make(call);
  if (call.ending === 'turnedAway') await done.then(() => release(call.behind));
  await Promise.all([held, done]);
};

const queue = calls.filter(({ n, ending }) => ending !== 'exit' && ending !== 'probe' && !isHolder.has(n));
const worker = async () => {
  for (let call = queue.shift(); call !== undefined; call = queue.shift()) {
    await sleep(call.gap);
    await (call.behind === undefined ? make(call) : makeBehind(call));
  }
};
await Promise.all(Array.from({ length: atOnce }, worker));

// What those that have ended held is free again.
const probes = calls.filter(({ ending }) => ending === 'probe');
if (probes.length > 0) await sleep(200);
await Promise.all(probes.map(make));

// What was dropped is collected, and its calls end; those whose answer is a whole that nobody reads wait for the clock, here for the exit.
const waiting = calls.filter(({ open, ending }) => open && ending !== 'exit' && ending !== 'calledOff' && ending !== 'controllerOff').length;
let text = await scrape();
for (let round = 0; round < 25 && inFlight(text) > waiting; round++) {
  globalThis.gc();
  await sleep(15);
  if (round % 5 === 4) text = await scrape();
}
const fromMs = Date.now();
text = await scrape();
writeFileSync(pageFile, JSON.stringify({ fromMs, untilMs: Date.now(), text }));

await globalThis.beforeLeaving?.();
const last = calls.filter(({ ending }) => ending === 'exit');
globalThis.held = await Promise.all(last.map((call) => labelled(call, () => begin(call))));
if (leave === 'exit') process.exit(7);
if (leave === 'throw') throw new Error('mine');
if (leave === 'signal') {
  process.kill(process.pid, 'SIGTERM');
  await sleep(60_000);
}
page.close();
page.closeAllConnections();
process.disconnect?.();
