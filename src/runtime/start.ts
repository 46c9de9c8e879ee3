import { systemClock } from '../base/clock.ts';
import { notice, setDiagSink } from '../base/diag.ts';
import { VERSION } from '../base/version.ts';
import { PurserError } from '../call/errors.ts';
import type { Labels } from '../call/labels.ts';
import type { Policy } from '../call/policy.ts';
import type { Config } from '../config/config.ts';
import { environment } from '../config/environment.ts';
import { watchKillSwitch } from '../config/kill-switch.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { configSecrets, processSecrets } from '../config/secrets.ts';
import type { SdkLoaded } from '../hooks/install.ts';
import { createPricer } from '../pricing/pricer.ts';
import { adapt, type AdapterSettings } from '../providers/index.ts';
import { createRedactor } from '../redaction/redactor.ts';
import { profilesOf } from '../telemetry/catalog/profile.ts';
import { createTelemetry } from '../telemetry/create-telemetry.ts';
import type { Telemetry } from '../telemetry/telemetry-settings.ts';
import { resolveApi, untraced } from './api.ts';
import { createBudgets } from './budgets.ts';
import { createExports } from './exports.ts';
import { processLabels, userIds } from './labels.ts';
import { lateTelemetry } from './late.ts';
import { watchEnd, watchIdle } from './lifetime.ts';
import { createOpener, type Opener } from './opener.ts';
import { redactionSettings } from './redaction-settings.ts';
import { sayOnStderr } from './say.ts';
import { withLabels } from './scope.ts';

/** A running Purser: the stations, wired. */
export interface Runtime {
  readonly loaded: LoadedConfig;
  readonly opener: Opener;
  readonly telemetry: Telemetry;
  /** Takes what a module of an SDK hands over. */
  readonly sdkLoaded: SdkLoaded;
  /** Runs work with labels on every call made inside it. */
  withLabels<T>(labels: Labels, work: () => T): T;
  /** Sends what is finished; resolves when it is sent, or after `timeoutMs`. */
  flush(timeoutMs?: number): Promise<void>;
  /** Ends everything that was started; calls made later pass through unseen. */
  stop(): Promise<void>;
}

/** What a start in code may say beyond the config file and the environment. */
export interface StartOptions {
  /** A config file instead of the one that is looked for. */
  readonly configFile?: string;
}

const report = (loaded: LoadedConfig): void => {
  const { problems, config } = loaded;
  for (const problem of problems) notice(`config.${problem.key}`, problem.message);
  const [first] = problems;
  if (config.strict && first !== undefined) {
    throw new PurserError('config_invalid', { where: first.file ?? 'environment', key: first.key, seen: first.seen, wanted: first.wanted, hint: '' });
  }
};

const listenToDiag = (config: Config, clean: (text: string) => string): void =>
  setDiagSink({
    fault: (cause, message) => {
      if (!config.quiet && ['debug', 'verbose', 'all'].includes(config.otel.logLevel)) sayOnStderr(`fault in ${cause}: ${clean(message)}`);
    },
    notice: (_, message) => {
      if (!config.quiet) sayOnStderr(clean(message));
    },
  });

const adapterSettings = (config: Config): AdapterSettings => ({
  openai: config.instrument.openai,
  anthropic: config.instrument.anthropic,
  googleGenai: config.instrument.googleGenai,
  googleGenerativeai: config.instrument.googleGenerativeai,
  anthropicTracingAsked: /^(1|true|yes|on)$/i.test(environment().ANTHROPIC_OPEN_TELEMETRY ?? ''),
});

const hostRules = (config: Config): Opener['hostRules'] =>
  Object.entries(config.providers.hosts).map(([host, provider]) => {
    const slash = host.indexOf('/');
    return slash < 0 ? { host, provider } : { host: host.slice(0, slash), pathPrefix: host.slice(slash), provider };
  });

const wire = (loaded: LoadedConfig): Runtime => {
  const { config } = loaded;
  const clock = systemClock;
  const late = lateTelemetry();
  const redactor = createRedactor(redactionSettings(config, [...processSecrets(environment()), ...configSecrets(loaded)], late.meter, clock));
  listenToDiag(config, (text) => redactor.text(text, 'diag'));
  report(loaded);
  const api = resolveApi(process.cwd(), process.argv[1]);
  const telemetry = createTelemetry({
    api,
    version: VERSION,
    profiles: profilesOf(config.telemetry.profile),
    exporter: createExports(config, redactor, untraced(api)),
    redactor,
    content: config.telemetry.content,
    labelCap: config.labels.metricCap,
    sampler: { name: config.otel.sampler, ratio: config.otel.samplerArg },
    limits: { attributes: config.otel.attributeCountLimit, valueLength: config.otel.attributeValueLengthLimit ?? Number.POSITIVE_INFINITY, events: config.otel.eventCountLimit },
    clock,
    attach: config.otel.mode !== 'own',
  });
  late.connect(telemetry);
  const pricer = createPricer({
    ...(config.pricing.overrides === undefined ? {} : { overrides: config.pricing.overrides }),
    ...(config.pricing.cacheDir === undefined ? {} : { cacheDir: config.pricing.cacheDir }),
    ...(config.pricing.refreshUrl === undefined ? {} : { refresh: { url: config.pricing.refreshUrl, intervalMs: config.pricing.refreshIntervalMs } }),
    estimateMissingUsage: config.pricing.estimateMissing,
    staleAfterMs: config.pricing.maxAgeMs,
    emit: late.emit,
    meter: late.meter,
    clock,
  });
  for (const { where, key, seen, wanted } of pricer.problems) notice(`pricing.${key}`, `${where}: ${key} is ${seen}, wanted ${wanted}.`);
  const budgets = createBudgets({ config, price: pricer.price, meter: late.meter, emit: late.emit, clock });
  const policies: readonly Policy[] = budgets === undefined ? [] : [budgets];
  const killSwitch = watchKillSwitch({ file: config.disableFile, intervalMs: config.reload.intervalMs });
  const labels: Labels = processLabels(config);
  let running = true;
  const opener = createOpener(
    { clock, recorder: telemetry, meter: telemetry.meter, policies, price: pricer.price, sinks: [], redactor, labels: () => labels, userId: userIds(config), captureContent: config.telemetry.content !== 'none' },
    { hostRules: hostRules(config), askUsageHosts: config.askUsage.hosts, enabled: () => running && !killSwitch.isOn() },
  );
  const adapters = adapterSettings(config);
  const { timeoutMs } = config.shutdown;
  const stopWatching = watchEnd({ opener, timeoutMs, flush: (ms) => telemetry.flush(ms), flushAtExit: (ms) => telemetry.flushAtExit(ms) });
  const stopIdle = watchIdle(opener, config.stream.idleTimeoutMs, () => clock.monotonicMs());
  return {
    loaded,
    opener,
    telemetry,
    sdkLoaded: (target, bindings, url) => adapt(opener, adapters, target, bindings, url),
    withLabels,
    flush: (ms = timeoutMs) => telemetry.flush(ms),
    async stop() {
      running = false;
      stopWatching();
      stopIdle();
      killSwitch.stop();
      pricer.stop();
      await Promise.all(policies.map((policy) => policy.stop?.()));
      await telemetry.shutdown(timeoutMs);
    },
  };
};

/** Loads the config and wires the stations. @throws {config_invalid} only when the config says `strict` */
export const startRuntime = (options: StartOptions = {}): Runtime =>
  wire(loadConfig({ env: environment(), cwd: process.cwd(), ...(options.configFile === undefined ? {} : { file: options.configFile }) }));
