import type { EnvSource } from '../option.ts';
import { duration, flag, integer, list, path, record, text } from '../option.ts';

const SAID_NO = /^(0|false|no|off|n|f|disabled)$/i;

/** The kill switch takes any value but a clear no, so that a typing error still stops us. */
const killSwitch: EnvSource = { name: 'PURSER_DISABLED', read: (value) => (SAID_NO.test(value.trim()) ? undefined : false) };

const resourceAttribute = (...names: readonly string[]): EnvSource => ({
  name: 'OTEL_RESOURCE_ATTRIBUTES',
  read(value) {
    for (const name of names) {
      const found = value.split(',').find((pair) => pair.slice(0, pair.indexOf('=')).trim() === name);
      if (found !== undefined) return decode(found.slice(found.indexOf('=') + 1).trim());
    }
    return undefined;
  },
});

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

/** The switches of the whole, what is instrumented, labels, and how the process ends. */
export const PROCESS_OPTIONS = {
  enabled: flag(true, 'Whether Purser does anything at all; the variable PURSER_DISABLED with any value but a clear no is the kill switch.', {
    before: [killSwitch],
  }),
  strict: flag(false, 'Whether a fault in the configuration stops the start of the app instead of being reported once.'),
  quiet: flag(false, 'Whether the start-up line and the notices stay off stderr.'),
  disable_file: path('While this file exists, calls pass through untouched and unseen: the kill switch of a running process.'),
  'reload.interval_ms': duration(5_000, 'How often the config file and the disable file are looked at for changes; 0 never looks.'),

  'labels.service': text(undefined, 'The name of this service.', {
    env: 'PURSER_SERVICE',
    also: ['OTEL_SERVICE_NAME', resourceAttribute('service.name')],
    reloadable: true,
  }),
  'labels.environment': text(undefined, 'Where it runs, such as `production`.', {
    env: 'PURSER_ENVIRONMENT',
    also: [resourceAttribute('deployment.environment.name', 'deployment.environment')],
    reloadable: true,
  }),
  'labels.team': text(undefined, 'The team that pays.', { env: 'PURSER_TEAM', also: [resourceAttribute('purser.team', 'team')], reloadable: true }),
  'labels.feature': text(undefined, 'The feature that calls are for, where the code does not say.', {
    env: 'PURSER_FEATURE',
    also: [resourceAttribute('purser.feature')],
    reloadable: true,
  }),
  'labels.tenant': text(undefined, 'The tenant that calls are for, where the code does not say.', {
    env: 'PURSER_TENANT',
    also: [resourceAttribute('purser.tenant')],
    reloadable: true,
  }),
  'labels.tags': record({}, 'Further labels of your own, on spans and records but never on metrics.', { reloadable: true }),
  'labels.headers': record({}, 'Request headers of your app by name, and the label that each one sets, such as `x-tenant: tenant`.', { reloadable: true }),
  'labels.baggage': list([], 'Baggage keys whose values become labels of the same name.', { reloadable: true }),
  'labels.hash_users': flag(false, 'Whether user ids are replaced by a keyed hash before they go anywhere.', { reloadable: true }),
  'labels.hash_key': text(undefined, 'The key of that hash; the same in all processes whose users should match.', { secret: true, reloadable: true }),
  'labels.metric_cap': integer(200, 'How many values of one label a metric may have before the rest is counted as `other`.', {
    min: 1,
    max: 10_000,
  }),

  'instrument.openai': flag(true, 'Whether the package openai is instrumented.'),
  'instrument.anthropic': flag(true, 'Whether the package @anthropic-ai/sdk is instrumented.'),
  'instrument.google_genai': flag(true, 'Whether the package @google/genai is instrumented.'),
  'instrument.google_generativeai': flag(true, 'Whether the package @google/generative-ai is instrumented.'),
  'instrument.undici': flag(true, 'Whether calls to known hosts are also seen on the wire (fetch and undici), where no package hook fires.'),
  'ask_usage.hosts': list(
    ['api.openai.com', '*.openai.azure.com'],
    'Hosts that are asked for token usage on Chat Completions streams when the app did not ask; the app sees the stream that it would have had. Empty never asks.',
  ),
  'providers.hosts': record({}, 'Hosts or host patterns of your own, and the provider that answers there, such as `llm.example.com: openai`.'),
  propagate_trace_headers: flag(false, 'Whether traceparent, tracestate, baggage and the trace headers of vendors are sent to LLM providers.'),

  'stream.idle_timeout_ms': duration(
    600_000,
    'How long a stream may stay silent before its call is booked as abandoned; the stream itself is left alone. A call that has no answer yet has an hour at least.',
  ),
  'shutdown.timeout_ms': duration(2_000, 'How long the end of the process may be used to flush what is finished.', { max: 60_000 }),
  'status.enabled': flag(true, 'Whether `purser status` may ask this process over a local socket.'),
  'status.socket': path('The socket for `purser status`, where the default in the temporary folder does not suit.'),
};
