/** Where a host's telemetry goes: over OTLP to an address of its own or of the environment, to Sentry, or to Datadog's agent. */
export type Destination = 'otlp-own' | 'otlp-env' | 'sentry' | 'datadog';

/** One way in which an app brings its own OpenTelemetry along. */
export interface SetUp {
  readonly name: string;
  /** A folder of test/matrix/hosts with the pinned packages. */
  readonly folder: string;
  /** The folder whose packages are used, where it is another one. */
  readonly installs?: string;
  /** Arguments of Node; `OURS` stands for our preload. */
  readonly args: readonly string[];
  readonly app: 'app.cjs' | 'app.mjs';
  /** What the app loads in its own code before anything else. */
  readonly inCode?: string;
  readonly destination: Destination;
  /** Whether the host takes spans made with the OpenTelemetry api; else ours go out by themselves. */
  readonly takesOurs?: boolean;
  /** Another GenAI instrumentation is at work as well, which makes spans of its own; how many. */
  readonly foreignGenai?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Why something is as it is, for the table. */
  readonly note?: string;
}

const before = (ours: string): readonly string[] => ['--require', ours];

const nodeSdk = (folder: 'sdk2' | 'sdk3', versions: string): readonly SetUp[] => [
  { name: `NodeSDK (${versions}), --require before ours`, folder, args: [...before('./otel.cjs'), 'OURS'], app: 'app.cjs', destination: 'otlp-own' },
  { name: `NodeSDK (${versions}), --require after ours`, folder, args: ['OURS', ...before('./otel.cjs')], app: 'app.cjs', destination: 'otlp-own' },
  { name: `NodeSDK (${versions}), --require after ours, ES modules`, folder, args: ['OURS', ...before('./otel.cjs')], app: 'app.mjs', destination: 'otlp-own' },
  { name: `NodeSDK (${versions}), in code`, folder, args: ['OURS'], inCode: './otel.cjs', app: 'app.cjs', destination: 'otlp-own' },
  { name: `NodeSDK (${versions}), in code, ES modules`, folder, args: ['OURS'], inCode: './otel.cjs', app: 'app.mjs', destination: 'otlp-own' },
  { name: `TracerProvider by hand (${versions})`, folder, args: ['OURS'], inCode: './by-hand.cjs', app: 'app.cjs', destination: 'otlp-own' },
  {
    name: `auto-instrumentations-node/register (${versions}), before ours`,
    folder,
    args: [...before('@opentelemetry/auto-instrumentations-node/register'), 'OURS'],
    app: 'app.cjs',
    destination: 'otlp-env',
    ...(folder === 'sdk3' ? { note: 'openai 6 in this app: its own instrumentation steps aside' } : {}),
  },
  {
    name: `auto-instrumentations-node/register (${versions}), after ours`,
    folder,
    args: ['OURS', ...before('@opentelemetry/auto-instrumentations-node/register')],
    app: 'app.cjs',
    destination: 'otlp-env',
  },
];

/** An operator or a layer sets an SDK beside the app, with an older api than that which the app's own packages brought. */
const beside = (): readonly SetUp[] => {
  const setUp = { folder: 'apart', installs: 'sdk2', app: 'app.cjs', destination: 'otlp-own' } as const;
  const name = 'NodeSDK (SDK 2.12, api 1.9) set beside an app with api 1.10, as an operator does';
  return [
    { ...setUp, name: `${name}, before ours`, args: [...before('../sdk2/otel.cjs'), 'OURS'] },
    { ...setUp, name: `${name}, after ours`, args: ['OURS', ...before('../sdk2/otel.cjs')] },
  ];
};

/** Sentry's own instrumentation names its spans like ours. */
const CALLS_SEEN_BY_SENTRY = 4;

/** Every set-up that is tried. */
export const SET_UPS: readonly SetUp[] = [
  ...nodeSdk('sdk2', 'SDK 2.12, api 1.9'),
  ...nodeSdk('sdk3', 'SDK 3.1, api 1.10'),
  ...beside(),
  { name: 'instrumentation-openai, before ours', folder: 'sdk3', args: [...before('./openai-only.cjs'), 'OURS'], app: 'app.cjs', destination: 'otlp-own' },
  { name: 'instrumentation-openai, after ours', folder: 'sdk3', args: ['OURS', ...before('./openai-only.cjs')], app: 'app.cjs', destination: 'otlp-own' },
  {
    name: '@anthropic-ai/sdk with its own tracing in content mode',
    folder: 'sdk3',
    args: ['OURS', ...before('./otel.cjs')],
    app: 'app.cjs',
    destination: 'otlp-own',
    env: { ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE: 'content' },
    note: 'the SDK traces by itself wherever a provider is registered; ours stands for it',
  },
  {
    name: '@anthropic-ai/sdk with its own tracing asked for by hand',
    folder: 'sdk3',
    args: ['OURS', ...before('./otel.cjs')],
    app: 'app.cjs',
    destination: 'otlp-own',
    foreignGenai: 1,
    env: { ANTHROPIC_OPEN_TELEMETRY: 'true' },
    note: 'what was switched on by hand stays on, beside ours',
  },
  {
    name: '@sentry/node, --import before ours',
    folder: 'sentry',
    args: ['--import', './otel.cjs', 'OURS'],
    app: 'app.cjs',
    destination: 'sentry',
    takesOurs: false,
    note: 'Sentry 11 takes part in OpenTelemetry only with enableOpenTelemetrySetup',
  },
  {
    name: '@sentry/node with enableOpenTelemetrySetup, --import before ours',
    folder: 'sentry',
    args: ['--import', './otel-setup.cjs', 'OURS'],
    app: 'app.cjs',
    destination: 'sentry',
    foreignGenai: CALLS_SEEN_BY_SENTRY,
    note: 'beside ours Sentry makes its own spans of AI calls, which only its own options switch off',
  },
  {
    name: '@sentry/node with enableOpenTelemetrySetup, in code',
    folder: 'sentry',
    args: ['OURS'],
    inCode: './otel-setup.cjs',
    app: 'app.cjs',
    destination: 'sentry',
    foreignGenai: CALLS_SEEN_BY_SENTRY,
    note: 'as above',
  },
  {
    name: 'dd-trace, before ours',
    folder: 'datadog',
    args: [...before('./otel.cjs'), 'OURS'],
    app: 'app.cjs',
    destination: 'datadog',
    takesOurs: false,
    note: 'without its TracerProvider dd-trace does not take part in OpenTelemetry',
  },
  {
    name: 'dd-trace with its TracerProvider, before ours',
    folder: 'datadog',
    args: [...before('./provider.cjs'), 'OURS'],
    app: 'app.cjs',
    destination: 'datadog',
  },
  { name: 'dd-trace with its TracerProvider, in code', folder: 'datadog', args: ['OURS'], inCode: './provider.cjs', app: 'app.cjs', destination: 'datadog' },
  {
    name: '@elastic/opentelemetry-node, --require before ours',
    folder: 'elastic',
    args: [...before('@elastic/opentelemetry-node'), 'OURS'],
    app: 'app.cjs',
    destination: 'otlp-env',
  },
  {
    name: '@elastic/opentelemetry-node, --require after ours',
    folder: 'elastic',
    args: ['OURS', ...before('@elastic/opentelemetry-node')],
    app: 'app.cjs',
    destination: 'otlp-env',
  },
  {
    name: '@elastic/opentelemetry-node, --import',
    folder: 'elastic',
    args: ['--import', '@elastic/opentelemetry-node', 'OURS'],
    app: 'app.mjs',
    destination: 'otlp-env',
  },
  { name: '@vercel/otel, in code', folder: 'vercel', args: ['OURS'], inCode: './otel.cjs', app: 'app.cjs', destination: 'otlp-env' },
  {
    name: '@vercel/otel in an instrumentation file, as in Next.js',
    folder: 'vercel',
    args: ['OURS'],
    inCode: './instrumentation.cjs',
    app: 'app.cjs',
    destination: 'otlp-env',
  },
];
