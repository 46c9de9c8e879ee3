import { timers } from '../base/timers.ts';
import { guard } from '../base/diag.ts';
import { VERSION } from '../base/version.ts';
import type { Labels } from '../call/labels.ts';
import type { HookSupport } from '../hooks/support.ts';
import { hookSupport } from '../hooks/support.ts';
import type { Telemetry } from '../telemetry/telemetry-settings.ts';
import type { Opener } from './opener.ts';

const EVERY_MS = 5_000;

const whose = ({ service, environment }: Labels): Readonly<Record<string, string>> => ({
  ...(service === undefined ? {} : { 'purser.service': service }),
  ...(environment === undefined ? {} : { 'purser.environment': environment }),
});

/** Tells by metrics that Purser is here, in which version, and how much of the event loop it takes. Gives a function that ends it. */
export const publishHealth = (opener: Pick<Opener, 'counts'>, { meter, metrics }: Pick<Telemetry, 'meter' | 'metrics'>, labels: () => Labels): (() => void) => {
  const hooks: HookSupport = hookSupport(process.versions.node);
  let told = 0;
  const publish = (): void => {
    // A host's SDK collects by itself: what is looked up only when somebody collects, such as faults, it would never be told.
    if (metrics.byHost()) guard('health', () => metrics.collect());
    meter.set('purser.info', 1, { 'purser.version': VERSION, 'purser.node.version': process.versions.node, 'purser.hooks': hooks, ...whose(labels()) });
    const { tookMs } = opener.counts;
    meter.add('purser.overhead', (tookMs - told) / 1000);
    told = tookMs;
  };
  publish();
  const timer = timers.setInterval(publish, EVERY_MS);
  timer.unref();
  return () => {
    timers.clearInterval(timer);
    publish();
  };
};
