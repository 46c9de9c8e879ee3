import { workingFolder } from '../base/working-folder.ts';
import { systemClock } from '../base/clock.ts';
import { notice, setDiagSink } from '../base/diag.ts';
import { loadNow } from '../base/load.ts';
import { VERSION } from '../base/version.ts';
import type { Labels } from '../call/labels.ts';
import type { Redactor } from '../call/redactor.ts';
import type { Config } from '../config/config.ts';
import { environment } from '../config/environment.ts';
import { watchKillSwitch } from '../config/kill-switch.ts';
import { loadConfig, throwIfStrict, type LoadedConfig } from '../config/load.ts';
import { configSecrets, processSecrets } from '../config/secrets.ts';
import { statusPath, type StatusAnswer } from '../config/status-path.ts';
import type { RunningSdk } from '../exporters/sdk-node/sdk-node-settings.ts';
import type { PrometheusEndpoint } from '../exporters/prometheus/prometheus-settings.ts';
import type { ThreadMessage } from '../exporters/thread/thread-message.ts';
import type { SdkLoaded } from '../hooks/install.ts';
import { adapt, type AdapterSettings } from '../providers/index.ts';
import { isKnownHost, providerOf } from '../providers/shared/hosts.ts';
import { profilesOf } from '../telemetry/catalog/profile.ts';
import { createTelemetry } from '../telemetry/create-telemetry.ts';
import type { Telemetry } from '../telemetry/telemetry-settings.ts';
import { createWire } from '../wire/create-wire.ts';
import type { WireCalls } from '../wire/wire-calls.ts';
import { resolveApi, untraced } from './api.ts';
import { createAlerts } from './alerts.ts';
import { createBudgets } from './budgets.ts';
import { contentChoice } from './content-choice.ts';
import { watchConnections } from './connections.ts';
import { createExports } from './exports.ts';
import { flushHost } from './flush-host.ts';
import { flushAtExitInOrder, flushInOrder, inTurn, together } from './flush-order.ts';
import { publishHealth } from './health.ts';
import { createFingerprint, createLedger } from './ledger.ts';
import { createLimits } from './limits.ts';
import { lateTelemetry } from './late.ts';
import { createLiveLabels, type LiveLabels } from './live-labels.ts';
import { createLiveRedactor } from './live-redactor.ts';
import { LateUsage } from './late-usage.ts';
import { Later } from './later.ts';
import { nextTurn } from './next-turn.ts';
import { flushEachCall, watchEnd, watchIdle } from './lifetime.ts';
import { createOpener, type Opener } from './opener.ts';
import { hostRulesOf } from './named-hosts.ts';
import { pricerOf } from './pricing.ts';
import { quietOtherGenai } from './other-genai.ts';
import { createMetricsPage, withPage } from './prometheus.ts';
import { redactionSettings } from './redaction-settings.ts';
import { watchReload } from './reload.ts';
import { sayOnStderr } from './say.ts';
import type * as FullSdkModule from './sdk-node.ts';
import { isInCall, withLabels } from './scope.ts';
import { STATION_CHECKS } from './station-checks.ts';
import { statusSections } from './status-sections.ts';
import type { Served } from './served.ts';
import { serveStatus } from './status.ts';
import { stopInOrder } from './stop-in-order.ts';
import { guardTrace } from './trace-guard.ts';
import { Unanswered } from './unanswered.ts';
import type { ThreadWatch } from './thread-watch.ts';
import { threadedExports, type Exports, type ThreadedExports } from './threads.ts';
import { createWatches } from './watches.ts';

/** A running Purser: the stations, wired. */
export interface Runtime {
  readonly loaded: LoadedConfig;
  readonly opener: Opener;
  readonly telemetry: Telemetry;
  /** Takes what a module of an SDK hands over. */
  readonly sdkLoaded: SdkLoaded;
  /** Takes requests to models that were seen on the wire; `undefined` where the owner switched that off. */
  readonly wire: WireCalls | undefined;
  /** Whether the running code sends a call that is seen. */
  inCall(): boolean;
  /** Takes what a worker thread has to tell. */
  fromThread(message: ThreadMessage): void;
  /** Runs work with labels on every call made inside it. */
  withLabels<T>(labels: Labels, work: () => T): T;
  /** Takes a request that a server of the app gets and that came before the stations were wired. */
  served(request: Served): void;
  /** Serves the metrics to Prometheus: a handler for node:http, Express and Fastify. */
  readonly metrics: (request: unknown, response: unknown) => void;
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
  // A strict start says the first by itself.
  const { problems } = loaded;
  for (const problem of loaded.config.strict ? problems.slice(1) : problems) notice(`config.${problem.key}`, problem.message);
  throwIfStrict(loaded);
};

const listenToDiag = ({ quiet, otel }: Config, clean: (text: string) => string): void => {
  const wordy = ['debug', 'verbose', 'all'].includes(otel.logLevel);
  setDiagSink({
    fault: (cause, message) => {
      if (!quiet && wordy) sayOnStderr(`fault in ${cause}: ${clean(message)}`);
    },
    notice: (_, message) => {
      if (!quiet) sayOnStderr(clean(message));
    },
  });
};

const adapterSettings = ({ instrument }: Config): AdapterSettings => ({
  openai: instrument.openai,
  anthropic: instrument.anthropic,
  googleGenai: instrument.googleGenai,
  googleGenerativeai: instrument.googleGenerativeai,
  anthropicTracingAsked: /^(1|true|yes|on)$/i.test(environment().ANTHROPIC_OPEN_TELEMETRY ?? ''),
});

const telemetryOf = (config: Config, redactor: Redactor, page: PrometheusEndpoint, threaded: (exports: Exports) => ThreadedExports) => {
  const api = resolveApi(workingFolder(), process.argv[1]);
  const { otel } = config;
  const pageWanted = config.prometheus.port !== undefined || config.exporters.metrics.includes('prometheus');
  const threads = threaded(() => createExports(config, redactor, untraced(api)));
  const { port, handler } = withPage(threads.port, page, pageWanted);
  const telemetry = createTelemetry({
    api,
    version: VERSION,
    profiles: profilesOf(config.telemetry.profile),
    exporter: port,
    redactor,
    content: config.telemetry.content,
    contentLength: config.telemetry.contentMaxLength,
    labelCap: config.labels.metricCap,
    sampler: { name: otel.sampler, ratio: otel.samplerArg },
    limits: { attributes: otel.attributeCountLimit, valueLength: otel.attributeValueLengthLimit ?? Number.POSITIVE_INFINITY, events: otel.eventCountLimit },
    clock: systemClock,
    attach: otel.mode !== 'own',
  });
  threads.connect({ ...telemetry, learnSecret: (secret) => redactor.learnSecret(secret) });
  const flush = async (timeoutMs: number): Promise<void> => {
    await Promise.all([telemetry.flush(timeoutMs), ...(otel.mode === 'own' ? [] : [flushHost(api, timeoutMs)])]);
  };
  return { telemetry, metrics: handler, flush, threads };
};

const makeStations = (loaded: LoadedConfig, watch: ThreadWatch | undefined) => {
  const { config } = loaded;
  const clock = systemClock;
  const late = lateTelemetry();
  const later = new Later();
  const secrets = [...processSecrets(environment()), ...configSecrets(loaded)];
  let learnt: ((secret: string) => void) | undefined;
  const redactor = createLiveRedactor(redactionSettings(config, secrets, late.meter, clock), (secret) => learnt?.(secret));
  const redact = (next: Config): void => redactor.reload(redactionSettings(next, secrets, late.meter, clock));
  listenToDiag(config, (text) => redactor.text(text, 'diag'));
  report(loaded);
  const page = createMetricsPage(config);
  const { telemetry, metrics, flush: flushTelemetry, threads } = telemetryOf(config, redactor, page, (own) => threadedExports({ config, secrets, watch }, own));
  learnt = (secret) => threads.learnt(secret);
  const alerts = createAlerts(config, redactor, telemetry, clock);
  late.connect({ meter: telemetry.meter, emit: alerts.emit });
  const pricer = pricerOf(config, late, clock);
  const budgets = createBudgets(config, { price: pricer.price, meter: late.meter, emit: late.emit, clock });
  const limits = createLimits(config, { meter: late.meter, emit: late.emit, clock });
  const unanswered = new Unanswered();
  const drained = inTurn(later, unanswered, together(budgets, limits));
  const flush = flushInOrder(drained, (ms) => Promise.all([flushTelemetry(ms), alerts.flush(ms)]));
  const ledgers = createLedger(config, redactor, late.meter, clock);
  const watches = createWatches(config, () => budgets.list(), late.emit, clock);
  return {
    config,
    clock,
    later,
    unanswered,
    redactor,
    redact,
    page,
    metrics,
    telemetry,
    threads,
    ledgers,
    alerts,
    watches,
    flush,
    pricer,
    budgets,
    limits,
    drained,
  };
};

/** Starts the full SDK where it is asked for; it is loaded for nobody else. */
const fullSdk = (loaded: LoadedConfig, redactor: Redactor, opener: Opener): RunningSdk | undefined => {
  const { mode, disabled, configFile } = loaded.config.otel;
  if (disabled || !(mode === 'sdk-node' || (mode === 'auto' && configFile !== undefined))) return undefined;
  const isProvider = (hostname: string): boolean =>
    isKnownHost(hostname) ||
    opener.hostRules.some((rule) => providerOf({ hostname, port: undefined, pathname: rule.pathPrefix ?? '/' }, 'openai.other', [rule]) === rule.provider);
  const { startFullSdk } = loadNow<typeof FullSdkModule>('runtime/sdk-node');
  return startFullSdk(loaded, { redactor, inCall: isInCall, isProvider });
};

/** What of an opener changes while the process runs. */
interface LiveSettings {
  readonly labels: LiveLabels;
  readonly enabled: () => boolean;
  readonly onOpen: () => void;
  readonly onEnd: (() => void) | undefined;
}

const openerOf = (loaded: LoadedConfig, stations: ReturnType<typeof makeStations>, { labels, enabled, onOpen, onEnd }: LiveSettings): Opener => {
  const { config, clock, later, unanswered, redactor, telemetry, threads, pricer, budgets, limits, ledgers, watches } = stations;
  const others = config.budgets === undefined && loaded.file === undefined ? [] : [budgets];
  return createOpener(
    {
      clock,
      recorder: telemetry,
      meter: telemetry.meter,
      get policies() {
        return limits.before(others);
      },
      price: pricer.price,
      estimate: (question, guess) => pricer.estimate(question, guess),
      sinks: [...ledgers, ...watches.sinks],
      redactor,
      labels: labels.ofProcess,
      userId: labels.userId,
      fingerprint: createFingerprint(config),
      captureContent: config.telemetry.content !== 'none',
      keepsContent: contentChoice(config),
      lateUsage: new LateUsage(),
      soon: nextTurn(),
      later: later.add,
      unanswered: unanswered.add,
      tellsAtOnce: ledgers.length > 0 || onEnd !== undefined || threads.handsOver,
    },
    { hostRules: hostRulesOf(config), askUsageHosts: config.askUsage.hosts, enabled, onOpen, ...(onEnd === undefined ? {} : { onEnd }) },
  );
};

const whoWeAre =
  (startedAtMs: number) =>
  ({ service }: Labels): Omit<StatusAnswer, 'sections'> => ({ pid: process.pid, version: VERSION, node: process.versions.node, service, startedAtMs });

/** AWS Lambda freezes the process when the handler has answered: there each call is sent as it ends. */
const onEndOf = (flush: (timeoutMs: number) => Promise<void>, timeoutMs: number): (() => void) | undefined =>
  environment().AWS_LAMBDA_FUNCTION_NAME === undefined ? undefined : flushEachCall(flush, timeoutMs);

// What is settled last may pass a threshold, so alerts come behind budgets.
const lastStops = ({ limits, budgets, alerts, page }: ReturnType<typeof makeStations>): readonly (() => unknown)[] => [
  () => limits.stop(),
  () => budgets.stop?.(),
  () => alerts.stop(),
  () => page.close(),
];

const wire = (loaded: LoadedConfig, watch: ThreadWatch | undefined): Runtime => {
  const stations = makeStations(loaded, watch);
  const { config, clock, later, redactor, redact, threads, telemetry, ledgers, alerts, watches, flush, pricer, budgets, limits, drained } = stations;
  const killSwitch = watchKillSwitch({ file: config.disableFile, intervalMs: config.reload.intervalMs });
  const labels = createLiveLabels(config);
  let running = true;
  const traces = config.propagateTraceHeaders ? undefined : guardTrace(isInCall);
  const enabled = (): boolean => running && !killSwitch.isOn();
  const { timeoutMs } = config.shutdown;
  const opener = openerOf(loaded, stations, { labels, enabled, onOpen: () => traces?.renew(), onEnd: onEndOf(flush, timeoutMs) });
  const sdk = fullSdk(loaded, redactor, opener);
  const adapters = adapterSettings(config);
  const who = whoWeAre(clock.nowMs());
  const answer = (): StatusAnswer => ({ ...who(labels.ofProcess()), sections: statusSections(opener, telemetry, budgets.list(), threads.calls) });
  const stops = [
    () => labels.stop(),
    publishHealth(opener, telemetry, labels.ofProcess),
    watchReload(loaded, { before: () => later.drain(), budgets, limits, pricer, alerts, watches, meter: telemetry.meter, labels, redact }).stop,
    watchEnd({
      opener,
      timeoutMs,
      heard: () => threads.heard(),
      hurry: (hurried) => telemetry.hurry(hurried),
      flush,
      flushAtExit: flushAtExitInOrder(drained, (ms) => telemetry.flushAtExit(ms)),
    }),
    watchConnections(),
    watchIdle(opener, config.stream.idleTimeoutMs, () => clock.monotonicMs()),
    ...(config.status.enabled ? [serveStatus(config.status.socket ?? statusPath(process.pid), answer)] : []),
    ...[killSwitch, ...(traces === undefined ? [] : [traces]), pricer, watches, ...ledgers].map((station) => () => station.stop()),
  ];
  return {
    loaded,
    opener,
    telemetry,
    sdkLoaded(target, bindings, url) {
      if (target === 'openai' && adapters.openai) quietOtherGenai(enabled);
      return adapt(opener, adapters, target, bindings, url);
    },
    wire: config.instrument.undici ? createWire(opener, { propagateTraceHeaders: config.propagateTraceHeaders }) : undefined,
    inCall: isInCall,
    fromThread: (message) => threads.take(message),
    withLabels,
    served: (request) => labels.served(request),
    metrics: stations.metrics,
    flush: (ms = timeoutMs) => flush(ms),
    async stop() {
      running = false;
      later.drain();
      await stopInOrder([...stops, ...lastStops(stations), () => telemetry.shutdown(timeoutMs), () => sdk?.shutdown(timeoutMs)]);
    },
  };
};

/** Loads the config and wires the stations; gives nothing where the config says `enabled: false`. @throws {config_invalid} only when it says `strict` */
export const startRuntime = ({ configFile }: StartOptions = {}, watch?: ThreadWatch): Runtime | undefined => {
  const loaded = loadConfig({ env: environment(), cwd: workingFolder(), checks: STATION_CHECKS, ...(configFile === undefined ? {} : { file: configFile }) });
  return loaded.config.enabled ? wire(loaded, watch) : undefined;
};
