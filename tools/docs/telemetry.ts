/** Makes docs/TELEMETRY.md from the catalogs of spans, attributes, metrics and events. `node tools/docs/telemetry.ts` writes it, `--check` compares. */
import { OPTIONS } from '../../src/config/options.ts';
import type { AttributeEntry } from '../../src/telemetry/catalog/attribute-entry.ts';
import { ATTRIBUTES } from '../../src/telemetry/catalog/attributes.ts';
import { EVENTS } from '../../src/telemetry/catalog/events.ts';
import { DURATION_BUCKETS, METRICS, type MetricEntry } from '../../src/telemetry/catalog/metrics.ts';
import { prometheusLabel, prometheusName } from '../../src/telemetry/catalog/prometheus-name.ts';
import { SPANS } from '../../src/telemetry/catalog/spans.ts';
import { SERIES_LIMIT } from '../../src/telemetry/metric/instrument.ts';
import { publish } from './publish.ts';

const HEAD = `# Telemetry

<!-- Made by tools/docs/telemetry.ts from src/telemetry/catalog. Do not edit. -->

All that Purser emits: spans, their attributes, metrics, events. What is not here is not emitted, and a test holds that both ways.

Names follow the GenAI conventions of OpenTelemetry, which are unreleased and still move. \`telemetry.profile\` chooses which state of them is emitted: \`latest\` (main of November 2026),
\`v1.41\` (what most back ends know) or \`both\`. The names under \`purser.\` are our own and the same in each.

**In short.** One span for each call as its caller sees it, retries and the whole stream included. No status on success, \`ERROR\` with \`error.type\` on failure.
A number that the provider did not report is absent, never 0. Prompts and answers are on nothing unless \`telemetry.content\` says so. Everything passes the redactor before it leaves.
`;

const ENDINGS = `## How calls end

| \`purser.outcome\` | status | \`error.type\` | meaning |
| --- | --- | --- | --- |
| \`completed\` | unset | | The answer came whole. |
| \`failed\` | error | HTTP status, the provider's code or the class of the error; else \`_OTHER\` | The provider, the network or the SDK failed it. |
| \`blocked\` | error | the code of the refusal, such as \`budget_exhausted\` | A policy refused it or stopped it. |
| \`cancelled\` | unset | | The app aborted it or broke off the stream: it got what it wanted. |
| \`abandoned\` | unset, error when \`idle\` | \`stream_idle\` when idle | The stream was dropped or stalled, the answer was not read, or the process ended; \`purser.abandoned.reason\` says which. |
`;

const NOTES = `## Notes on the metrics

- Token counters count every inference call, as the convention asks: one without reported usage adds 0 with \`gen_ai.token.modality=unknown\`. \`purser.usage_missing\` counts those that should have had it.
- The duration histograms have ${DURATION_BUCKETS.length} bounds from 50 ms to 10 min, each √2 over the last: with the convention's 14 a true p95 of 12.8 s reads 18.6 s.
- A label value of more than 1,000 characters is cut, and ends in eight digits that tell it from others. Values are capped (\`labels.metric_cap\`, ${OPTIONS['labels.metric_cap'].default} for each label); what exceeds the cap is counted as \`other\` and in \`purser.labels.overflow\`. One metric has at most ${SERIES_LIMIT.toLocaleString('en')} series, the rest share one with \`otel.metric.overflow\`.
- A new series is sent at 0 once, over OTLP at its start and over Prometheus at its first scrape: \`increase()\` loses nothing for one scraper.
- The Prometheus names are those that OTLP gives in Prometheus 3 and the Collector (\`UnderscoreEscapingWithSuffixes\`); both ways lead to the same dashboards.
- Duration and cost histograms carry exemplars with the trace, over OTLP and in OpenMetrics.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');
const profiles = (names: readonly string[]): string => (names.length === 2 ? 'all' : names.join(', '));
const sourceOf = (source: string): string =>
  source === 'purser' ? 'Purser' : /^https:\S+/.test(source) ? `[${label(source)}](${source.split(' ')[0]})` : source;
const label = (source: string): string => {
  if (source.includes('/pull/')) return 'proposal #443';
  if (source.includes('semantic-conventions-genai')) return 'GenAI';
  return source.includes('v1.41') ? 'v1.41' : 'core';
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)].join('\n');

const spanSection = (): string => {
  const rows = SPANS.map((span) => [
    `\`${span.type}\``,
    `\`${span.name}\``,
    span.kind,
    span.operations.map((name) => `\`${name}\``).join(' '),
    span.description,
    sourceOf(span.source),
  ]);
  return `## Spans\n\n${table(['type', 'name', 'kind', 'operations', 'what it is', 'from'], rows)}\n\nThe name is the operation alone where the model is not known. Types are not visible in telemetry.\n`;
};

const entries: readonly (readonly [string, AttributeEntry])[] = Object.entries(ATTRIBUTES);
const placed = (entry: AttributeEntry): string => {
  const calls = ['inference', 'embeddings', 'operation', 'fetch_response'] as const;
  const all = calls.every((place) => entry.on.includes(place));
  const rest = entry.on.filter((place) => place !== 'metric' && !(all && calls.some((call) => call === place)));
  return [...(all ? ['calls'] : []), ...rest].join(', ');
};

const attributeSection = (): string => {
  const onSpans = entries.filter(([, entry]) => entry.on.some((place) => place !== 'metric' && place !== 'resource'));
  const rows = onSpans.map(([name, entry]) => [
    `\`${name}\``,
    entry.type,
    entry.description,
    placed(entry),
    entry.level.replaceAll('_', ' '),
    profiles(entry.profiles),
    sourceOf(entry.source),
  ]);
  return `## Attributes of spans and events

\`calls\` are all spans of calls; \`tool\` is the span of a tool; \`attempt\` is the event of one HTTP exchange; \`log\` is a log record. A name that ends in \`.*\` is a family.

${table(['attribute', 'type', 'what it says', 'on', 'level', 'profile', 'from'], rows)}
`;
};

const metricRow = (metric: MetricEntry): readonly string[] => [
  `\`${metric.name}\``,
  `\`${prometheusName(metric)}\``,
  metric.kind === 'updown' ? 'up-down counter' : metric.kind,
  `\`${metric.unit}\``,
  metric.description,
  metric.attributes.map((name) => `\`${name}\``).join(' ') || 'none',
  profiles(metric.profiles),
  sourceOf(metric.source),
];

const metricSection = (): string =>
  `## Metrics\n\n${table(['metric', 'in Prometheus', 'kind', 'unit', 'what it counts', 'labels', 'profile', 'from'], METRICS.map(metricRow))}\n`;

const labelSection = (): string => {
  const rows = entries
    .filter(([, entry]) => entry.on.includes('metric'))
    .map(([name, entry]) => [`\`${name}\``, `\`${prometheusLabel(name)}\``, entry.description]);
  return `## Labels of metrics\n\n${table(['attribute', 'in Prometheus', 'what it says'], rows)}\n`;
};

const eventSection = (): string => {
  const rows = EVENTS.map((event) => [`\`${event.name}\``, event.as, event.severity ?? '', event.description, sourceOf(event.source)]);
  return `## Events\n\n${table(['event', 'as', 'severity', 'what it says', 'from'], rows)}\n`;
};

/** The text of docs/TELEMETRY.md. */
export const telemetryDoc = (): string => [HEAD, spanSection(), ENDINGS, attributeSection(), metricSection(), labelSection(), NOTES, eventSection()].join('\n');

if (import.meta.main) publish({ 'docs/TELEMETRY.md': telemetryDoc() });
