import { workingFolder } from '../base/working-folder.ts';
import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/config.ts';
import { createPricer, type Pricer } from '../pricing/pricer.ts';
import { resolveApi, untraced } from './api.ts';
import type { LateTelemetry } from './late.ts';
import { hostRulesOf, namedBy } from './named-hosts.ts';

/** Makes the pricing station that the config asks for. What is wrong with the overrides was said when the config was checked. */
export const pricerOf = (config: Config, late: LateTelemetry, clock: Clock): Pricer => {
  const { pricing } = config;
  return createPricer({
    isNamed: namedBy(hostRulesOf(config)),
    ...(pricing.overrides === undefined ? {} : { overrides: pricing.overrides }),
    ...(pricing.cacheDir === undefined ? {} : { cacheDir: pricing.cacheDir }),
    ...(pricing.refreshUrl === undefined ? {} : { refresh: { url: pricing.refreshUrl, intervalMs: pricing.refreshIntervalMs } }),
    estimateMissingUsage: pricing.estimateMissing,
    staleAfterMs: pricing.maxAgeMs,
    // Asked for when a table is fetched: whoever fetches none pays nothing.
    untraced: (work) => untraced(resolveApi(workingFolder(), process.argv[1]))(work),
    emit: late.emit,
    meter: late.meter,
    clock,
  });
};
