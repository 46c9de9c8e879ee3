import { guard } from '../base/diag.ts';
import type { UnreadAnswer } from '../call/adapter.ts';
import type { Opener } from './opener.ts';
import type { RunningCall } from './run-call.ts';
import { isHandled, listenFirst } from './signals.ts';

/** What has to be done before the process is gone. */
export interface Ending {
  readonly opener: Opener;
  readonly timeoutMs: number;
  /** Says that what is flushed next is the last, or that the process goes on after all. */
  hurry(hurried: boolean): void;
  /** Sends what is finished; resolves within the time given. */
  flush(timeoutMs: number): Promise<void>;
  /** The same, blocking, when nothing can be waited for any more. */
  flushAtExit(timeoutMs: number): void;
}

/** Less is not enough to hand anything over. */
const ENOUGH_MS = 20;

const endOpenCalls = (opener: Opener): void => {
  for (const call of opener.openCalls()) call.abandoned('process_exit');
};

/**
 * Sends what is finished as soon as a call has ended, for hosts that freeze the process between requests: what waits in a batch would
 * be sent by a later request, or never. Calls that end in one turn of the event loop share one export.
 */
export const flushEachCall = (flush: (timeoutMs: number) => Promise<void>, timeoutMs: number): (() => void) => {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    setImmediate(() => {
      asked = false;
      void flush(timeoutMs);
    });
  };
};

/** How often open calls are looked at. Most apps read an answer at once; others look at the status alone, or begin to read when they have waited for something else. */
const LOOK_MS = 5_000;

/** Ends calls that have been silent for too long, or since the app called them off, and sees to those whose answer nobody has begun to read; stream and answer are left alone. */
export const watchIdle = (opener: Opener, timeoutMs: number, nowMs: () => number): (() => void) => {
  const seen = new WeakSet<UnreadAnswer>();
  const look = (call: RunningCall, now: number): void => {
    const { answer } = call;
    if (answer !== undefined) {
      if (seen.has(answer)) answer.waiting();
      else seen.add(answer);
    }
    const silentMs = call.calledOff ? Math.min(timeoutMs, LOOK_MS) : timeoutMs;
    if (call.lastSeenMs < now - silentMs) call.abandoned('idle');
  };
  const timer = setInterval(
    () => {
      const now = nowMs();
      for (const call of opener.openCalls()) look(call, now);
    },
    Math.max(1_000, Math.min(LOOK_MS, timeoutMs / 4)),
  );
  timer.unref();
  return () => clearInterval(timer);
};

const lastFlush = (ending: Ending): Promise<void> => {
  guard('hurry', () => ending.hurry(true));
  // The app may go on after all.
  return ending.flush(ending.timeoutMs).finally(() => guard('hurry', () => ending.hurry(false)));
};

/**
 * Makes sure that finished spans get out when the process ends, and that it ends as it would have: the same exit code, the same signal.
 * A signal that the app itself handles is the app's; one that nobody else handles is raised again once our work is done.
 */
export const watchEnd = (ending: Ending): (() => void) => {
  let flushed = -1;
  let sent = -1;
  let spentMs = 0;
  const beforeExit = (): void => {
    // The event comes again after the work that we add; it is done once for each batch of calls.
    if (flushed === ending.opener.counts.seen || ending.opener.counts.seen === 0) return;
    // Others would be told a second time, and some end what they hold at the first: then all is sent when the process exits.
    if (process.listenerCount('beforeExit') > 1) return;
    flushed = ending.opener.counts.seen;
    const began = performance.now();
    // Exports hold no handle of their own; this one keeps the process just until they are through.
    const hold = setTimeout(() => undefined, ending.timeoutMs);
    void lastFlush(ending).finally(() => {
      spentMs = performance.now() - began;
      sent = flushed;
      clearTimeout(hold);
    });
  };
  const exit = (): void => {
    guard('exit', () => {
      const { opener } = ending;
      // All was sent when there was nothing left to do, and no call was begun since.
      if (sent === opener.counts.seen && opener.openCalls().length === 0) return;
      endOpenCalls(opener);
      // What could not be sent before is not given the whole time again.
      const leftMs = ending.timeoutMs - (flushed === opener.counts.seen ? spentMs : 0);
      if (leftMs > ENOUGH_MS) ending.flushAtExit(leftMs);
    });
  };
  let asked = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isHandled(signal)) return;
    // The first process of a container has no default action: it goes on, and so do its calls.
    if (process.pid === 1) return void ending.flush(ending.timeoutMs);
    endOpenCalls(ending.opener);
    const again = (): void => {
      process.removeListener(signal, onSignal);
      process.kill(process.pid, signal);
    };
    // Whoever asks twice does not want to wait.
    if (asked) return again();
    asked = true;
    // The timer is not unref'd: the default action must come even when the event loop has nothing else to do.
    const limit = setTimeout(again, ending.timeoutMs + 100);
    void lastFlush(ending).finally(() => {
      clearTimeout(limit);
      again();
    });
  };
  process.on('beforeExit', beforeExit);
  process.on('exit', exit);
  const ignore = listenFirst(onSignal);
  return () => {
    process.removeListener('beforeExit', beforeExit);
    process.removeListener('exit', exit);
    ignore();
  };
};
