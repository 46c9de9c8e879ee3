/**
 * Purser in code: `import { start, withLabels } from 'purser'`. The preload `purser/register` needs none of this.
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Labels } from './call/labels.ts';
import { runningProcess, startProcess } from './runtime/process.ts';
import type { StartOptions } from './runtime/start.ts';

export type { Labels } from './call/labels.ts';
export type { StartOptions } from './runtime/start.ts';
export { PurserError } from './call/errors.ts';

/** What a start in code gives back. */
export interface Started {
  /** Sends what is finished, for hosts that freeze a process between requests; resolves within the time given, in milliseconds. */
  flush(timeoutMs?: number): Promise<void>;
  /** Ends Purser in this process; calls made later pass through unseen. */
  stop(): Promise<void>;
}

/**
 * Starts Purser in this process. Call it before the provider SDKs are imported; a second call gives the first start.
 * @throws {config_invalid} never, unless the config says `strict`
 */
export const start = (options: StartOptions = {}): Started => {
  const running = startProcess(options);
  const runtime = running.runtime();
  return {
    flush: (timeoutMs) => runtime?.flush(timeoutMs) ?? Promise.resolve(),
    stop: () => runtime?.stop() ?? Promise.resolve(),
  };
};

/** Answers all the same, in any framework: a scraper is not left waiting. */
const emptyPage = (response: unknown): void => {
  const reply = response as { readonly raw?: ServerResponse; hijack?(): void };
  reply.hijack?.();
  const to = reply.raw ?? (response as ServerResponse);
  to.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end('# Purser does not run in this process.\n');
};

/**
 * Serves the metrics of this process to Prometheus; mount it in node:http, Express or Fastify. Where Purser does not run or is switched off, the page is
 * empty but for a comment.
 * @example
 * app.get('/metrics', purser.metricsHandler);
 */
export const metricsHandler = (request: unknown, response: unknown): void => {
  const runtime = runningProcess()?.runtime();
  if (runtime === undefined) emptyPage(response);
  else runtime.metrics(request, response);
};

/** Sends what is finished, for hosts that freeze a process between requests. */
export const flush = (timeoutMs?: number): Promise<void> => runningProcess()?.runtime()?.flush(timeoutMs) ?? Promise.resolve();

/**
 * Runs `work` with labels on every call that is made inside it, however deep and however late.
 * @example
 * await purser.with({ user: 'u_42', feature: 'search' }, () => answer(question));
 */
const withScope = <T>(labels: Labels, work: () => T): T => {
  const runtime = runningProcess()?.runtime();
  return runtime === undefined ? work() : runtime.withLabels(labels, work);
};

export { withScope as with, withScope as withLabels };
