import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Books } from './books/books.ts';
import type { CallRow } from './books/call-row.ts';
import type { Finding } from './books/finding.ts';
import { LeakSearch } from './books/leaks.ts';
import { headline } from './screen/headline.ts';
import { paintFor, wantsColour } from './screen/paint.ts';
import type { Screen } from './screen/screen.ts';
import { liveScreen, plainScreen, SHOW_AGAIN } from './screen/screen.ts';
import { summary } from './screen/summary.ts';
import type { Stage } from './stage.ts';
import { setStage } from './stage.ts';
import { dayProgramme } from './traffic/programme-day.ts';
import { recordingsProgramme } from './traffic/programme-recordings.ts';
import type { Programme } from './traffic/programme.ts';
import { makeSecrets, planted } from './traffic/secrets.ts';

/** How the demo was asked to run. */
export interface DemoOptions {
  readonly once: boolean;
  readonly recordings: string | undefined;
}

const REFRESH_MS = 500;

const INTERRUPTED = 130;

/** The first Ctrl-C while traffic runs ends the traffic; before it runs, and a second time, the demo ends at once. */
const stopOnSignal = (): { readonly signal: AbortSignal; begin(): void } => {
  const stop = new AbortController();
  let begun = false;
  const onSignal = (): void => {
    // Exits by itself, and not by the signal, so that the children are ended too.
    if (!begun || stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { signal: stop.signal, begin: () => void (begun = true) };
};

/** Runs the traffic until it ends by itself or is told to. */
const play = async (programme: Programme, stage: Stage, screen: Screen, stop: AbortSignal): Promise<void> => {
  const timer = setInterval(() => screen.refresh(), REFRESH_MS);
  try {
    await programme.play(stage.service.url, stage.provider.url, stop);
  } finally {
    clearInterval(timer);
  }
};

/** The service is asked to end as a platform would do it; what it has not exported yet comes now. */
const endService = async (stage: Stage): Promise<Finding> => {
  const how = await stage.service.stop();
  const holds = how === 0 || how === 'SIGTERM';
  const claim = 'the service ended by itself when it was asked to, with everything exported';
  return {
    claim,
    holds,
    evidence: `SIGTERM, then ${typeof how === 'number' ? `exit code ${how}` : how}`,
    against: holds ? [] : stage.service.complaints.slice(-5),
  };
};

/** Spans and metrics are two accounts of the same calls. */
const sameSums = (books: Books): Finding => {
  const spent = books.calls.reduce((sum, call) => sum + (call.costUsd ?? 0), 0);
  const counted = books.sum('purser.calls');
  const metered = books.sum('purser.cost');
  const against: string[] = [];
  if (counted !== books.calls.length) against.push(`${books.calls.length} spans, but the metric purser.calls says ${counted}`);
  if (Math.abs(spent - metered) > 1e-6) against.push(`$${spent.toFixed(9)} on spans, but the metric purser.cost says $${metered.toFixed(9)}`);
  return { claim: 'spans and metrics tell the same sums', holds: against.length === 0, evidence: `${counted} calls, $${metered.toFixed(6)}`, against };
};

/** Runs the demo and gives its exit code: 0 when every call was accounted for and nothing leaked. */
export const runDemo = async (options: DemoOptions): Promise<number> => {
  const interrupt = stopOnSignal();
  const output = process.stdout;
  const live = output.isTTY && process.env['TERM'] !== 'dumb';
  const paint = paintFor(wantsColour(output.isTTY, process.env));
  const secrets = makeSecrets();
  const recordings = options.recordings === undefined ? undefined : resolve(options.recordings);
  if (recordings !== undefined && !existsSync(recordings)) {
    console.error(`There is no file ${recordings}.`);
    return 2;
  }
  const programme = recordings === undefined ? dayProgramme(secrets, options.once) : await recordingsProgramme(recordings);

  const show: { call: (call: CallRow) => void } = { call: () => undefined };
  const books = new Books((call) => show.call(call));
  const leaks = new LeakSearch(planted(secrets));
  const stage = await setStage(books, leaks, secrets, recordings);
  output.write(headline(programme, stage, paint));
  const screen = live ? liveScreen(output, paint, books) : plainScreen(output, paint);
  show.call = (call) => screen.call(call);
  // However the demo ends, the terminal is left as it was.
  if (live) process.once('exit', () => output.write(SHOW_AGAIN));

  interrupt.begin();
  await play(programme, stage, screen, interrupt.signal);
  const ended = await endService(stage);
  screen.end();
  const findings = [...(await programme.reconcile(stage.provider.url, books)), sameSums(books), leaks.result(), ended];
  output.write(summary(books, findings, paint));
  await stage.provider.stop();
  await stage.receiver.close();
  const complete = findings.every((finding) => finding.holds);
  output.write(`\n ${complete ? paint.good('Every call is accounted for.') : paint.bad('Something is not accounted for: see ✗ above.')}\n\n`);
  return complete ? 0 : 1;
};
