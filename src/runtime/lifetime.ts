import { timers } from '../base/timers.ts';
import { guard } from '../base/diag.ts';
import type { UnreadAnswer } from '../call/adapter.ts';
import { leaveRoom } from './listener-room.ts';
import type { Opener } from './opener.ts';
import type { RunningCall } from './run-call.ts';
import { isHandled, listenFirst } from './signals.ts';

/** What has to be done before the process is gone. */
export interface Ending {
  readonly opener: Opener;
  readonly timeoutMs: number;
  /** Gives how often other threads have told something by now. */
  heard(): number;
  /** Says that what is flushed next is the last, or that the process goes on after all. */
  hurry(hurried: boolean): void;
  /** Sends what is finished; resolves within the time given. */
  flush(timeoutMs: number): Promise<void>;
  /** The same, blocking, when nothing can be waited for any more. */
  flushAtExit(timeoutMs: number): void;
}

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
    timers.setImmediate(() => {
      asked = false;
      void flush(timeoutMs);
    });
  };
};

/** How often open calls are looked at. Most apps read an answer at once; others look at the status alone, or begin to read when they have waited for something else. */
const LOOK_MS = 5_000;

/**
 * How long a call may go without any answer, in milliseconds: a provider may take a quarter of an hour, and clients are told to wait so long. What has none
 * after four times as long is not to hold its place for good.
 * @source https://developers.openai.com/api/docs/guides/flex-processing, 2026-11: a timeout of 15 minutes
 */
const UNANSWERED_MS = 3_600_000;

/** Ends calls that have been silent for too long, or since the app called them off, and sees to those whose answer nobody has begun to read; stream and answer are left alone. */
export const watchIdle = (opener: Opener, timeoutMs: number, nowMs: () => number): (() => void) => {
  const seen = new WeakSet<UnreadAnswer>();
  const look = (call: RunningCall, now: number): void => {
    const { answer } = call;
    if (answer !== undefined) {
      if (seen.has(answer)) answer.waiting();
      else seen.add(answer);
    }
    const patienceMs = call.answered ? timeoutMs : Math.max(timeoutMs, UNANSWERED_MS);
    const silentMs = call.calledOff ? Math.min(timeoutMs, LOOK_MS) : patienceMs;
    if (call.lastSeenMs < now - silentMs) call.abandoned('idle');
  };
  const timer = timers.setInterval(
    () => {
      const now = nowMs();
      for (const call of opener.openCalls()) look(call, now);
    },
    Math.max(1_000, Math.min(LOOK_MS, timeoutMs / 4)),
  );
  timer.unref();
  return () => timers.clearInterval(timer);
};

/** All that is done at the end of a process, in whatever order its events come. */
class End {
  readonly #ending: Ending;
  /** How many calls had ended when the process was last about to end, and when all of them was sent. */
  #begun = -1;
  #sent = -1;
  /** How often other threads had told something by then. */
  #heard = 0;
  #spentMs = 0;
  #signalled = false;
  #raised = false;

  constructor(ending: Ending) {
    this.#ending = ending;
  }

  /** How many calls have ended; those of which nothing was told yet among them. */
  get #ended(): number {
    const { opener } = this.#ending;
    return opener.counts.seen - opener.openCalls().filter(({ ended }) => !ended).length;
  }

  /** What is left of the time that the end may take, all its parts together. */
  get #leftMs(): number {
    return Math.max(0, this.#ending.timeoutMs - this.#spentMs);
  }

  async #flush(): Promise<void> {
    const ended = this.#ended;
    const heard = this.#ending.heard();
    const beganMs = timers.monotonicMs();
    guard('hurry', () => this.#ending.hurry(true));
    try {
      await this.#ending.flush(this.#leftMs);
    } finally {
      this.#spentMs += timers.monotonicMs() - beganMs;
      this.#sent = ended;
      this.#heard = heard;
      // The app may go on after all.
      guard('hurry', () => this.#ending.hurry(false));
    }
  }

  /** Ends what runs still, and sends, blocking, what was not sent yet; where no time is left, files and stores on this machine have it all the same. */
  readonly #finish = (): void => {
    const { opener } = this.#ending;
    const heard = this.#ending.heard();
    if (this.#sent === opener.counts.seen && this.#heard === heard) return;
    endOpenCalls(opener);
    this.#sent = opener.counts.seen;
    this.#heard = heard;
    this.#ending.flushAtExit(this.#leftMs);
  };

  readonly beforeExit = (): void => {
    // The event comes again after the work that we add; it is done once for each batch of calls.
    if (this.#begun === this.#ended || this.#ended === 0) return;
    // Others would be told a second time, and some end what they hold at the first: then all is sent when the process exits.
    if (process.listenerCount('beforeExit') > 1) return;
    // While the process is held, timers that hold nothing may begin calls, without end.
    if (this.#leftMs === 0) return;
    this.#begun = this.#ended;
    // Exports hold no handle of their own; this one keeps the process just until they are through.
    const hold = timers.setTimeout(() => undefined, this.#leftMs);
    void this.#flush().finally(() => timers.clearTimeout(hold));
  };

  readonly exit = (): void => guard('exit', this.#finish);

  readonly signal = (signal: NodeJS.Signals): void => {
    if (isHandled(signal)) return;
    const { opener, timeoutMs } = this.#ending;
    // The first process of a container has no default action: it goes on, and so do its calls.
    if (process.pid === 1) return void this.#ending.flush(timeoutMs);
    endOpenCalls(opener);
    const atOnce = (): void => {
      this.#spentMs = timeoutMs;
      this.#raise(signal);
    };
    // Whoever asks twice does not want to wait.
    if (this.#signalled) return atOnce();
    this.#signalled = true;
    this.#spentMs = 0;
    // The timer is not unref'd: the default action must come even when the event loop has nothing else to do.
    const limit = timers.setTimeout(atOnce, timeoutMs + 100);
    void this.#flush().finally(() => {
      timers.clearTimeout(limit);
      this.#raise(signal);
    });
  };

  #raise(signal: NodeJS.Signals): void {
    if (this.#raised) return;
    this.#raised = true;
    // The app went on while the last was sent, and may have begun calls.
    guard('exit', this.#finish);
    process.removeListener(signal, this.signal);
    process.kill(process.pid, signal);
  }
}

/**
 * Makes sure that finished spans get out when the process ends, and that it ends as it would have: the same exit code, the same signal.
 * A signal that the app itself handles is the app's; one that nobody else handles is raised again once our work is done.
 */
export const watchEnd = (ending: Ending): (() => void) => {
  const { beforeExit, exit, signal } = new End(ending);
  const takeRoom = leaveRoom();
  process.on('beforeExit', beforeExit);
  process.on('exit', exit);
  const ignore = listenFirst(signal);
  return () => {
    takeRoom();
    process.removeListener('beforeExit', beforeExit);
    process.removeListener('exit', exit);
    ignore();
  };
};
