import { randomBytes } from 'node:crypto';
import { guard } from '../base/diag.ts';
import type { CallOpener, CallStart, OpenCall } from '../call/adapter.ts';
import type { Call, RequestFacts } from '../call/call.ts';
import type { Labels } from '../call/labels.ts';
import type { ToolExecution, ToolSpan } from '../call/recorder.ts';
import { epochMs } from '../call/units.ts';
import { labelsWithoutKeys } from './label-keys.ts';
import { labelsOfFields } from './request-fields.ts';
import { RunningCall } from './run-call.ts';
import { currentScope } from './scope.ts';
import type { Stations } from './stations.ts';

/** What the owner decided about how calls are opened. */
export interface OpenerSettings {
  readonly hostRules: CallOpener['hostRules'];
  /** Host names, or `*.` and a suffix, on whose streams usage is asked for. */
  readonly askUsageHosts: readonly string[];
  /** Changes while the process runs: the kill switch. */
  readonly enabled: () => boolean;
  /** Told of each call before it is sent. */
  readonly onOpen?: () => void;
  /** Told of each call that has ended, once its span is queued. */
  readonly onEnd?: () => void;
}

/** The door for calls, and the list of those that are open. */
export interface Opener extends CallOpener {
  readonly open: CallOpener['open'];
  /** The calls that run now, as a list of its own: ending them changes nothing in it. */
  openCalls(): readonly RunningCall[];
  /** How many calls were seen, and how long their beginnings and ends took of the event loop in milliseconds. */
  readonly counts: { seen: number; tookMs: number };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const hostMatches = (patterns: readonly string[], hostname: string): boolean =>
  patterns.some((pattern) => (pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : hostname === pattern));

/** The SDK's own field for the end user stands in where the app set no label. */
const userOf = (labels: Labels, request: RequestFacts): string | undefined => labels.user ?? request.user;

/** What code says of a request's scope goes before what the request says of itself, and that before what holds for the process; of tags each by itself. */
const merged = (fixed: Labels, scope: Labels | undefined, fields: Labels | undefined): Labels => {
  if (scope === undefined && fields === undefined) return fixed;
  const tags = { ...fixed.tags, ...fields?.tags, ...scope?.tags };
  return { ...fixed, ...fields, ...scope, ...(Object.keys(tags).length > 0 ? { tags } : {}) };
};

/** A call whose request was not read yet. */
interface Unread {
  readonly call: Mutable<Call>;
  readonly start: CallStart;
  /** The labels of the code that makes the call. */
  readonly scope: Labels | undefined;
}

/** Makes the function that reads a call's request and finds its labels, the first time that it is called. */
const completion = (stations: Stations, clean: (labels: Labels) => Labels, { call, start, scope }: Unread): (() => void) => {
  let isComplete = false;
  const read = (): void => {
    const { credential } = start;
    const request = start.request();
    call.request = request;
    const labels = merged(stations.labels(), scope, labelsOfFields(request));
    const user = userOf(labels, request);
    call.labels = clean(user === undefined ? labels : { ...labels, user: stations.userId(user) });
    const keyFingerprint = credential === undefined ? undefined : stations.fingerprint?.(credential);
    if (keyFingerprint !== undefined) call.keyFingerprint = keyFingerprint;
  };
  return () => {
    if (isComplete) return;
    isComplete = true;
    guard('request', read);
  };
};

/** Makes the door through which calls come in. */
export const createOpener = (stations: Stations, settings: OpenerSettings): Opener => {
  const open = new Set<RunningCall>();
  const prefix = randomBytes(9).toString('base64url');
  const counts = { seen: 0, tookMs: 0 };
  const withoutKeys = labelsWithoutKeys(stations.redactor);
  const onEnd = (call: RunningCall, sinceMs: number): void => {
    open.delete(call);
    counts.tookMs += stations.clock.monotonicMs() - sinceMs;
    settings.onEnd?.();
  };

  const begin = (start: CallStart): RunningCall => {
    const call: Mutable<Call> = {
      id: `${prefix}-${(++counts.seen).toString(36)}`,
      operation: start.operation,
      dialect: start.dialect,
      provider: start.provider,
      serverAddress: start.serverAddress,
      serverPort: start.serverPort,
      baseUrl: start.baseUrl,
      request: {},
      labels: {},
      startedAt: epochMs(stations.clock.nowMs()),
      source: start.source,
    };
    const complete = completion(stations, withoutKeys, { call, start, scope: currentScope().labels });
    settings.onOpen?.();
    const running = new RunningCall(stations, { call, complete, start }, onEnd);
    open.add(running);
    return running;
  };

  return {
    open(start): OpenCall | undefined {
      const outer = currentScope().call;
      if (!settings.enabled() || (outer !== undefined && !outer.ended)) return undefined;
      const sinceMs = stations.clock.monotonicMs();
      const call = guard('open', () => begin(start));
      counts.tookMs += stations.clock.monotonicMs() - sinceMs;
      return call;
    },
    current: () => {
      const { call } = currentScope();
      return call === undefined || call.ended ? undefined : call;
    },
    openTool: (tool: ToolExecution): ToolSpan | undefined => (settings.enabled() ? guard('tool', () => stations.recorder.startTool(tool)) : undefined),
    captureContent: stations.captureContent,
    asksUsage: (hostname) => hostMatches(settings.askUsageHosts, hostname),
    hostRules: settings.hostRules,
    learnSecret(secret) {
      if (typeof secret === 'string' && secret.length >= 8) guard('secret', () => stations.redactor.learnSecret(secret));
    },
    openCalls: () => [...open],
    counts,
  };
};
