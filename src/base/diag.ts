/** Where our own faults and notices go. The runtime points it at OpenTelemetry's `diag` and stderr. */
export interface DiagSink {
  /** A fault of ours that the app must never feel. `message` is free of secrets by the time it is written. */
  fault(cause: string, message: string): void;
  /** Something that the owner of the process should read once. */
  notice(cause: string, message: string): void;
}

/** What was reported, and where to; kept on the process, since a bundle and a module of this package may both be loaded. */
interface DiagState {
  readonly reported: Map<string, number>;
  readonly faults: Map<string, number>;
  sink: DiagSink | undefined;
}

const KEY = Symbol.for('purser.diag');
const holder = globalThis as unknown as Record<symbol, DiagState | undefined>;
const state: DiagState = (holder[KEY] ??= { reported: new Map(), faults: new Map(), sink: undefined });
const { reported, faults } = state;

const wordsOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

const say = (kind: keyof DiagSink, cause: string, what: unknown): void => {
  const times = (reported.get(cause) ?? 0) + 1;
  // A cause is a fixed word in our code; the bound only guards against one that is built from input.
  if (reported.size < 1000 || times > 1) reported.set(cause, times);
  if (kind === 'fault' && reported.has(cause)) faults.set(cause, (faults.get(cause) ?? 0) + 1);
  if (times > 1) return;
  try {
    // What the app throws may be of any kind, and throw again where it is put into words.
    state.sink?.[kind](cause, wordsOf(what));
  } catch {
    // There is nowhere left to report to, and the app comes first.
  }
};

/** Sends what is reported from now on to `next`. */
export const setDiagSink = (next: DiagSink | undefined): void => {
  state.sink = next;
};

/** Reports a fault of ours, once per cause; later ones are only counted. Never throws. */
export const fault = (cause: string, error: unknown): void => say('fault', cause, error);

/** Says something to the owner of the process, once per cause. Never throws. */
export const notice = (cause: string, message: string): void => say('notice', cause, message);

/** How often each cause was reported, faults and notices. */
export const reportedCauses = (): ReadonlyMap<string, number> => reported;

/** How often each cause was reported as a fault of ours, for our own health metrics. */
export const reportedFaults = (): ReadonlyMap<string, number> => faults;

/** Forgets what was reported, so that a test starts clean. */
export const resetDiag = (): void => {
  reported.clear();
  faults.clear();
};

/** Runs `work` and turns anything it throws into a reported fault. Gives its value, or `undefined`. */
export const guard = <T>(cause: string, work: () => T): T | undefined => {
  try {
    return work();
  } catch (error) {
    fault(cause, error);
    return undefined;
  }
};
