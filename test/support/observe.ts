import { ROOT_CONTEXT } from '@opentelemetry/api';
import { systemClock } from '../../src/base/clock.ts';
import { setDiagSink } from '../../src/base/diag.ts';
import type { Call } from '../../src/call/call.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import type { Policy } from '../../src/call/policy.ts';
import { installHooks } from '../../src/hooks/install.ts';
import { adapt } from '../../src/providers/index.ts';
import { createOpener, type Opener } from '../../src/runtime/opener.ts';

/** A call and how it ended, as the stations behind the hooks are told. */
export interface Seen {
  readonly call: Call;
  readonly outcome: Outcome;
}

/** What a test sees of the calls made in its own process. */
export interface Watching {
  readonly seen: Seen[];
  readonly faults: string[];
  readonly tools: string[];
  readonly opener: Opener;
}

/** Installs the real hooks and adapters in this process, with stations that only remember. Import provider SDKs after this. */
export const watchCalls = (
  options: { readonly policies?: readonly Policy[]; readonly askUsageHosts?: readonly string[]; readonly captureContent?: boolean } = {},
): Watching => {
  const seen: Seen[] = [];
  const faults: string[] = [];
  const tools: string[] = [];
  setDiagSink({ fault: (cause, message) => faults.push(`${cause}: ${message}`), notice: () => undefined });
  const opener = createOpener(
    {
      clock: systemClock,
      recorder: {
        start: (call) => ({
          context: ROOT_CONTEXT,
          byHost: false,
          begun: () => undefined,
          attempt: () => undefined,
          end: (outcome) => void seen.push({ call, outcome }),
        }),
        startTool: (tool) => ({ context: ROOT_CONTEXT, end: (error) => void tools.push(error === undefined ? tool.name : `${tool.name}!`) }),
      },
      meter: { add: () => undefined, record: () => undefined, set: () => undefined },
      policies: options.policies ?? [],
      price: () => ({ kind: 'unpriced', reason: 'unknown_model', unpriced: [], tableVersion: 'none' }),
      sinks: [],
      redactor: { text: (value) => value, value: (value) => value, learnSecret: () => undefined, find: () => [] },
      labels: () => ({}),
      userId: (id) => id,
      captureContent: options.captureContent ?? false,
      keepsContent: () => true,
    },
    { hostRules: [], askUsageHosts: options.askUsageHosts ?? [], enabled: () => true },
  );
  const adapters = { openai: true, anthropic: true, googleGenai: true, googleGenerativeai: true, anthropicTracingAsked: false };
  installHooks((target, bindings, url) => adapt(opener, adapters, target, bindings, url));
  return { seen, faults, tools, opener };
};
