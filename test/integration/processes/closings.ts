import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { wrongSpans, type Case } from './case.ts';
import { APPS, compare, REQUIRE, SLACK_MS } from './compare.ts';
import { runApp } from './run-app.ts';

const APP = join(APPS, 'closing.mjs');

interface Closing {
  readonly signal?: NodeJS.Signals;
  readonly abandoned?: number;
  readonly quick?: boolean;
  /** A package that the app loads. */
  readonly path?: string;
}

/** The app closes as it would without us, and each call that it makes meanwhile is told of. */
const closes = (name: string, way: string, spans: number, closing: Closing = {}): Case => ({
  name,
  quick: closing.quick ?? false,
  ...(closing.path === undefined ? {} : { missing: () => (existsSync(closing.path ?? '') ? undefined : 'run npm ci in test/matrix/hosts/runners') }),
  async run(place) {
    const args = [APP, way, ...(closing.path === undefined ? [] : [closing.path])];
    const { different } = await compare(place, args, { signal: closing.signal ?? 'SIGTERM' });
    return [...different, ...wrongSpans(place, spans, closing.abandoned)];
  },
});

/** Calls that the app begins while its last spans are sent, which takes a while, are told of too. */
const begunLate: Case = {
  name: 'SIGTERM without a handler, and calls that begin while the last export runs',
  quick: true,
  async run(place) {
    const { provider, receiver, env } = place;
    receiver.misbehave({ delayMs: 400 });
    const { signal } = await runApp(['--require', REQUIRE, APP, 'none'], { env, signal: 'SIGTERM' });
    // What it answers late is on its bill late.
    for (let waited = 0; provider.bill().requests < receiver.spans.length && waited < 2000; waited += 20) await sleep(20);
    const { requests } = provider.bill();
    const wrong = signal === 'SIGTERM' ? [] : [`ended by ${signal}`];
    if (requests < 3) wrong.push(`only ${requests} requests: none began late`);
    return [...wrong, ...wrongSpans(place, requests, requests - 1)];
  },
};

/** Timers that hold nothing go on while the process is held: its end takes the time that the owner allows once, not once for each of their calls. */
const polling: Case = {
  name: 'the receiver never answers, and a timer that holds nothing makes calls',
  async run(place) {
    place.receiver.misbehave({ delayMs: 60_000 });
    const { different, ours, bare } = await compare(place, [APP, 'polling']);
    const longer = ours.ms - bare.ms;
    return [...different.filter((what) => !what.endsWith('ms longer')), ...(longer > 2000 + SLACK_MS ? [`${Math.round(longer)} ms longer`] : [])];
  },
};

const EXIT_4 = resolve('test/matrix/wire/node_modules/signal-exit');
const EXIT_3 = resolve('test/matrix/hosts/runners/node_modules/signal-exit');

/** How apps close that are told to end. */
export const CLOSINGS: readonly Case[] = [
  closes('SIGTERM, which the app listens to once, and before it loads an SDK', 'onceBefore', 4, { quick: true }),
  closes('SIGTERM, which the app listens to once, and before all others', 'oncePrepended', 4),
  closes('SIGTERM, which the app raises again when it has closed', 'offBefore', 4),
  closes('SIGINT, which the app listens to once', 'onceAfter', 4, { signal: 'SIGINT' }),
  closes('SIGTERM, after which the app ends by itself with a code of its own', 'emptyLoop', 4),
  closes('SIGTERM, which comes twice while the app closes', 'twice', 4),
  closes('SIGTERM, where signal-exit 4 is loaded, which leaves it to others', 'deferring', 2, { abandoned: 1, quick: true, path: EXIT_4 }),
  closes('SIGTERM, where signal-exit 3 is loaded, which leaves it to others', 'deferring', 2, { abandoned: 1, path: EXIT_3 }),
  begunLate,
  polling,
];
