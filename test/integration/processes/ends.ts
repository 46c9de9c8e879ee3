import { join } from 'node:path';
import { runApp } from './run-app.ts';
import { APPS, compare, REQUIRE, SLACK_MS } from './compare.ts';
import { wrongSpans, type Case } from './case.ts';

const APP = join(APPS, 'app.mjs');
const NOBODY = 'http://127.0.0.1:9';

/** The app ends by itself in some way; its spans get out, twice the calls having been made: bare, then with us. */
const ends = (name: string, way: string, spans: number, abandoned = 0, quick = false): Case => ({
  name,
  quick,
  async run(place) {
    const { different } = await compare(place, [APP, way]);
    return [...different, ...wrongSpans(place, spans, abandoned)];
  },
});

const signalled = (name: string, way: string, signal: NodeJS.Signals, spans: number, abandoned: number, quick = false): Case => ({
  name,
  quick,
  async run(place) {
    const { bare, different } = await compare(place, [APP, way], { signal });
    const wrong = [...different, ...wrongSpans(place, spans, abandoned)];
    if (!bare.stdout.includes('ready')) wrong.push(`the app did not start: ${bare.stderr.slice(0, 300)}`);
    return wrong;
  },
});

/** A receiver that is not there: the end takes the time that the owner allows, and not more; by default 2 s. */
const unreachable = (name: string, env: Readonly<Record<string, string>>, allowedMs = 2000, answers = true): Case => ({
  name,
  async run(place) {
    if (!answers) place.receiver.misbehave({ delayMs: 60_000 });
    const { different, ours, bare } = await compare(place, [APP, 'return'], { env });
    const longer = ours.ms - bare.ms;
    const late = longer > allowedMs + SLACK_MS ? [`${Math.round(longer)} ms longer`] : [];
    return [...different.filter((what) => !what.endsWith('ms longer')), ...late];
  },
});

/** The app as the first process of a namespace of its own, as in a container. */
const asFirst = (name: string, way: string, stdout: string): Case => ({
  name,
  missing: () => (process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'needs root on Linux for unshare'),
  async run(place) {
    const args = ['--fork', '--pid', process.execPath, '--require', REQUIRE, join(APPS, 'first.mjs'), way];
    const ours = await runApp(args, { command: 'unshare', env: place.env });
    const wrong =
      ours.code === 0 && ours.stdout === stdout ? [] : [`exit ${ours.code ?? ours.signal}, ${JSON.stringify(ours.stdout)} ${ours.stderr.slice(0, 300)}`];
    return [...wrong, ...wrongSpans(place, 1)];
  },
});

/** How an app ends. */
export const ENDS: readonly Case[] = [
  ends('the app returns', 'return', 1, 0, true),
  ends('beforeExit of the app, with another call in it', 'beforeExit', 2),
  ends('beforeExit of the app, which it expects once', 'endsOnce', 1, 0, true),
  ends('process.exit(3) in the middle of a stream', 'exit', 1, 1, true),
  ends('an exception that nobody catches', 'throw', 1, 0, true),
  ends('an exception that the app handles', 'caught', 1),
  ends('a rejection that nobody handles', 'reject', 1),
  signalled('SIGTERM without a handler, a stream being open', 'serve', 'SIGTERM', 2, 1, true),
  signalled('SIGINT without a handler, a stream being open', 'serve', 'SIGINT', 2, 1),
  signalled('SIGHUP without a handler, a stream being open', 'serve', 'SIGHUP', 2, 1),
  signalled('SIGTERM with the app’s own handler', 'handle', 'SIGTERM', 1, 0),
  signalled('SIGINT with the app’s own handler', 'handle', 'SIGINT', 1, 0),
  signalled('SIGTERM that the app ignores for a while', 'ignore', 'SIGTERM', 1, 0),
  asFirst('SIGTERM as process 1 of a container, with the app’s own handler', 'handle', 'pid 1\nclosing\n'),
  asFirst('SIGTERM as process 1 of a container, which has no default action', 'none', 'pid 1\nstill here\n'),
  unreachable('nothing listens at the receiver: nothing is waited for', { OTEL_EXPORTER_OTLP_ENDPOINT: NOBODY }, 0),
  unreachable(
    'nothing listens at the receiver, and 100 ms are allowed for the end',
    { OTEL_EXPORTER_OTLP_ENDPOINT: NOBODY, PURSER_SHUTDOWN_TIMEOUT_MS: '100' },
    100,
  ),
  unreachable('the receiver’s name does not resolve: nothing is waited for', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://receiver.invalid:4318' }, 0),
  unreachable('the receiver takes requests and never answers', {}, 2000, false),
];
