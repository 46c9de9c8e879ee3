/** A processor of spans or log records, in the part of it that tells where they go. */
interface ProcessorInside {
  readonly _exporter?: object;
  readonly _spanProcessors?: readonly ProcessorInside[];
  readonly processors?: readonly ProcessorInside[];
  /** @source @voltagent/core 2.10, SpanFilterProcessor: it stands before each of its processors, and lets through what has one of these scopes */
  readonly allowedInstrumentationScopes?: ReadonlySet<string>;
}

/**
 * What a provider of the JavaScript SDK looks like inside.
 * @source @opentelemetry/sdk-trace-base 1.25 (`activeSpanProcessor`) and 2.12, sdk-trace 3.1; sdk-logs 0.52 to 0.301
 */
interface ProviderInside {
  readonly _activeSpanProcessor?: ProcessorInside;
  readonly activeSpanProcessor?: ProcessorInside;
  readonly _sharedState?: { readonly activeProcessor?: ProcessorInside };
}

/**
 * Processors that take nothing, or what their product itself makes or runs and no call beside it.
 * @source inngest 4.24, components/execution/otel/processor and metadataProcessor: its middleware registers a provider with the first alone
 * @source langsmith 0.12, lib/experimental/otel/processor: `initializeOTEL` registers a provider with it alone
 */
const TAKE_NOTHING: ReadonlySet<string> = new Set([
  'NoopSpanProcessor',
  'NoopLogRecordProcessor',
  'InngestSpanProcessor',
  'PublicInngestSpanProcessor',
  'InngestMetadataSpanProcessor',
  'LangSmithOTLPSpanProcessor',
]);

/**
 * Exporters that drop what is ours: they show what they get on a developer's own page, if that runs, or take the AI SDK's spans alone.
 * @source @genkit-ai/core 1.42, tracing/exporter and logging: Genkit registers them with every app, with or without telemetry of the app's own
 * @source langfuse-vercel 3.39, by the scope; langsmith 0.3, vercel, by the operation
 */
const DROP_OURS: ReadonlySet<string> = new Set(['TraceServerExporter', 'LogServerExporter', 'LangfuseExporter', 'AISDKExporter']);

const isSilentProcessor = (processor: ProcessorInside, scope: string): boolean => {
  const inside = processor._spanProcessors ?? processor.processors;
  if (Array.isArray(inside)) return (inside as readonly ProcessorInside[]).every((one) => isSilentProcessor(one, scope));
  if (processor.allowedInstrumentationScopes instanceof Set && !processor.allowedInstrumentationScopes.has(scope)) return true;
  return TAKE_NOTHING.has(processor.constructor.name) || (processor._exporter !== undefined && DROP_OURS.has(processor._exporter.constructor.name));
};

/**
 * Whether somebody put a method of their own in the place of the provider's, and so takes each span where it is made.
 * @source diagnostic-channel-publishers 1.0, azure-coretracing: Application Insights 2 does so with a provider that has no processor
 */
const isTakenOver = (provider: object): boolean => Object.hasOwn(provider, 'getTracer');

/**
 * Whether a host's tracer or logger provider hands what it gets under the name of `scope` to nobody: it has no processor, or none that exports it. One
 * that is built in any other way than the SDK's is taken at its word.
 */
export const isSilentHost = (provider: object, scope: string): boolean => {
  if (isTakenOver(provider)) return false;
  const { _activeSpanProcessor, activeSpanProcessor, _sharedState } = provider as ProviderInside;
  const active = _activeSpanProcessor ?? activeSpanProcessor ?? _sharedState?.activeProcessor;
  return active !== undefined && isSilentProcessor(active, scope);
};
