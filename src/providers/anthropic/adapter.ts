import type { CallOpener } from '../../call/adapter.ts';
import { ownerOf, providerByClass, type StainlessClient } from '../shared/stainless/client.ts';
import { patchStainless } from '../shared/stainless/patch.ts';
import { tracedToolFunctions } from '../shared/tool-runner.ts';

/**
 * The clients of other hosts are subclasses; the class says who answers, also behind a proxy.
 * @source packages @anthropic-ai/bedrock-sdk, vertex-sdk, foundry-sdk and aws-sdk 1.1; docs.aws.amazon.com/claude-platform/latest/userguide/billing.html, 2026
 */
const CLASS_PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['AnthropicAws', 'anthropic'],
  ['AnthropicBedrock', 'aws.bedrock'],
  ['AnthropicBedrockMantle', 'aws.bedrock'],
  ['AnthropicVertex', 'gcp.vertex_ai'],
  ['AnthropicFoundry', 'azure.ai.inference'],
]);

const providerOf = (client: StainlessClient): string | undefined => providerByClass(client, CLASS_PROVIDERS);

interface TracedClient extends StainlessClient {
  /** The options as the app gave them; the SDK fills in the rest elsewhere. */
  readonly _options?: { readonly openTelemetry?: unknown };
}

const tracers = new WeakMap<object, unknown>();

/** Whether the app switched the SDK's own tracing on by hand. */
const askedFor = (client: TracedClient): boolean => {
  const asked = client._options?.openTelemetry;
  return asked === true || (typeof asked === 'object' && asked !== null && (asked as { enabled?: unknown }).enabled === true);
};

/**
 * Keeps the SDK from making a span of its own for calls that already have ours. Since 0.134 its constructor sets `_tracer` whenever a
 * provider is registered; an accessor on the prototype takes the assignment and hands the tracer out only to a client whose owner asked for it.
 */
const silenceOwnTracing = (constructor: unknown, tracingAsked: boolean): void => {
  const prototype = ownerOf(constructor, 'makeRequest');
  if (prototype === undefined || tracingAsked || Object.hasOwn(prototype, '_tracer')) return;
  Object.defineProperty(prototype, '_tracer', {
    configurable: true,
    enumerable: false,
    get(this: TracedClient) {
      return askedFor(this) ? tracers.get(this) : undefined;
    },
    set(this: TracedClient, tracer: unknown) {
      tracers.set(this, tracer);
    },
  });
};

/** Instruments the client classes of `@anthropic-ai/sdk`, those of its Bedrock and Vertex packages included. */
export const patchAnthropic = (
  opener: CallOpener,
  bindings: Readonly<Record<string, unknown>>,
  version: string | undefined,
  tracingAsked: boolean,
): boolean => {
  const constructor = bindings['BaseAnthropic'] ?? bindings['Anthropic'];
  silenceOwnTracing(constructor, tracingAsked);
  return patchStainless(opener, constructor, { name: '@anthropic-ai/sdk', version, defaultBaseUrl: 'https://api.anthropic.com', providerOf });
};

/** Gives the functions that run the tools of `beta.messages.toolRunner`, instrumented. */
export const patchAnthropicTools = tracedToolFunctions;
