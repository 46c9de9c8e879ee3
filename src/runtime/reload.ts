import { workingFolder } from '../base/working-folder.ts';
import { guard, notice } from '../base/diag.ts';
import type { Meter } from '../call/event.ts';
import type { Config } from '../config/config.ts';
import { environment } from '../config/environment.ts';
import type { LoadedConfig } from '../config/load.ts';
import { watchConfig, type ConfigWatch } from '../config/watch.ts';
import type { Pricer } from '../pricing/pricer.ts';
import type { Alerts } from './alerts.ts';
import type { Budgets } from './budgets.ts';
import type { Limits } from './limits.ts';
import type { LiveLabels } from './live-labels.ts';
import type { Watches } from './watches.ts';
import { STATION_CHECKS } from './station-checks.ts';

/** What takes new settings while the process runs. */
export interface Reloadable {
  /** Run before anything changes: calls that have ended are told of under the settings that they ran under. */
  readonly before: () => void;
  readonly budgets: Budgets;
  readonly limits: Limits;
  readonly pricer: Pricer;
  readonly alerts: Alerts;
  readonly watches: Watches;
  readonly meter: Meter;
  readonly labels: LiveLabels;
  /** Puts what the config says of redaction in force. */
  readonly redact: (config: Config) => void;
}

/** Watches the config file; a bad edit keeps the last good one, and is said once. */
export const watchReload = (loaded: LoadedConfig, { before, budgets, limits, pricer, alerts, watches, meter, labels, redact }: Reloadable): ConfigWatch =>
  watchConfig({
    input: { env: environment(), cwd: workingFolder(), checks: STATION_CHECKS },
    loaded,
    onReload: (reload) => {
      meter.add('purser.config.reloads', 1, { 'purser.result': reload.kind === 'refused' ? 'rejected' : 'applied' });
      if (reload.kind === 'refused') {
        for (const { message } of reload.problems) notice(`reload ${message}`, `the config file was changed and is not used: ${message}`);
        return;
      }
      const { config, changed, needsRestart } = reload;
      const reloadPrices = (): void => {
        for (const { where, key, seen, wanted } of pricer.reload(config.pricing.overrides))
          notice(`reload ${where} ${key}`, `${where}: ${key} is ${seen}, wanted ${wanted}; the last good prices stay`);
        budgets.pricesChanged();
      };
      // Where one of them fails, the others are in force all the same.
      guard('reload.before', before);
      guard('reload.labels', () => labels.reload(config));
      if (changed.some((key) => key.startsWith('redaction.'))) guard('reload.redaction', () => redact(config));
      guard('reload.watches', () => watches.reload(config));
      if (changed.includes('alerts.channels')) guard('reload.alerts', () => alerts.reload(config));
      if (changed.includes('budgets')) guard('reload.budgets', () => budgets.reload(config));
      if (changed.includes('limits')) guard('reload.limits', () => limits.reload(config));
      if (changed.includes('pricing.overrides')) guard('reload.prices', reloadPrices);
      for (const key of needsRestart) notice(`restart ${key}`, `${key} was changed in the config file; it takes effect when the process starts again`);
    },
  });
