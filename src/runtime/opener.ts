import { randomBytes } from 'node:crypto';
import { guard, notice } from '../base/diag.ts';
import type { CallOpener, CallStart, OpenCall, UnreadForm } from '../call/adapter.ts';
import type { ToolExecution, ToolSpan } from '../call/recorder.ts';
import { epochMs } from '../call/units.ts';
import { labelsWithoutKeys } from './label-keys.ts';
import { RunningCall } from './run-call.ts';
import { currentScope } from './scope.ts';
import { SeenCall } from './seen-call.ts';
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

const hostMatches = (patterns: readonly string[], hostname: string): boolean =>
  patterns.some((pattern) => (pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : hostname === pattern));

const FORMS: Readonly<Record<UnreadForm, string>> = { websocket: 'over a WebSocket', grpc: 'by gRPC', bidirectional: 'by streams in both directions' };

/** Makes the door through which calls come in. */
export const createOpener = (stations: Stations, settings: OpenerSettings): Opener => {
  const open = new Set<RunningCall>();
  const prefix = randomBytes(9).toString('base64url');
  const counts = { seen: 0, tookMs: 0 };
  const { labels, userId, fingerprint } = stations;
  const knowledge = { labels, userId, fingerprint, clean: labelsWithoutKeys(stations.redactor) };
  const onEnd = (call: RunningCall, sinceMs: number): void => {
    open.delete(call);
    counts.tookMs += stations.clock.monotonicMs() - sinceMs;
    settings.onEnd?.();
  };

  const begin = (start: CallStart): RunningCall => {
    const seen = { id: `${prefix}-${(++counts.seen).toString(36)}`, startedAt: epochMs(stations.clock.nowMs()), scope: currentScope().labels };
    const call = new SeenCall(start, seen, knowledge);
    settings.onOpen?.();
    const running = new RunningCall(stations, call, start, onEnd);
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
    labels: () => currentScope().labels,
    openTool: (tool: ToolExecution): ToolSpan | undefined => (settings.enabled() ? guard('tool', () => stations.recorder.startTool(tool)) : undefined),
    captureContent: stations.captureContent,
    asksUsage: (hostname) => hostMatches(settings.askUsageHosts, hostname),
    hostRules: settings.hostRules,
    unseen(provider, form) {
      notice(`unseen_${form}`, `What is asked of ${provider} ${FORMS[form]} is not seen: its tokens and cost are in no sum.`);
      guard('unseen', () => stations.meter.add('purser.unseen_requests', 1, { 'gen_ai.provider.name': provider, 'purser.reason': form }));
    },
    learnSecret(secret) {
      if (typeof secret === 'string' && secret.length >= 8) guard('secret', () => stations.redactor.learnSecret(secret));
    },
    openCalls: () => [...open],
    counts,
  };
};
