import type { Frame } from './frame.ts';
import { bars, heatmap, lines, stat } from './panels.ts';
import { durationQuantile, durations, legend, orZero, quantile, rate, sum, value } from './promql.ts';
import * as look from './theme.ts';

const MODEL = ['gen_ai.request.model'] as const;
const modelName = legend('gen_ai.request.model');
const FIRST_CHUNK = 'gen_ai.client.inference.time_to_first_chunk';
const started = sum(rate('purser.calls'));

const summary = [
  stat({
    title: 'Duration p50',
    about: 'Half of the calls end within this time.',
    unit: 's',
    width: 4,
    trend: true,
    thresholds: look.WAIT,
    queries: [[durationQuantile(0.5, [])]],
  }),
  stat({
    title: 'Duration p95',
    about: 'Nineteen of twenty calls end within this time.',
    unit: 's',
    width: 4,
    trend: true,
    thresholds: look.WAIT,
    queries: [[durationQuantile(0.95, [])]],
  }),
  stat({
    title: 'First chunk p95',
    about: 'Nineteen of twenty streams show their first chunk within this time.',
    unit: 's',
    width: 4,
    trend: true,
    thresholds: look.FIRST_CHUNK,
    queries: [[quantile(0.95, FIRST_CHUNK, [])]],
  }),
  stat({
    title: 'Output speed p50',
    about: 'Output tokens a second of the median call, after its first chunk.',
    unit: 'short',
    width: 4,
    trend: true,
    thresholds: look.steps([0, 'red'], [10, 'orange'], [25, 'green']),
    queries: [[quantile(0.5, 'purser.output_speed', [])]],
  }),
  stat({
    title: 'In flight',
    about: 'Calls that run now.',
    unit: 'locale',
    width: 4,
    decimals: 0,
    trend: true,
    queries: [[sum(value('purser.calls.in_flight'))]],
  }),
  stat({ title: 'Calls per second', about: 'Calls that ended, whatever their outcome.', unit: 'reqps', width: 4, trend: true, queries: [[started]] }),
];

const duration = [
  lines({
    title: 'Duration',
    about: 'Duration of calls, retries and the whole stream included. Exemplars lead to traces.',
    unit: 's',
    width: 8,
    exemplars: true,
    queries: [
      [durationQuantile(0.5, []), 'p50'],
      [durationQuantile(0.95, []), 'p95'],
      [durationQuantile(0.99, []), 'p99'],
    ],
  }),
  heatmap({
    title: 'Distribution of durations',
    about: 'How many calls took how long. Two bands mean two kinds of calls, or a provider with a fast and a slow lane.',
    unit: 's',
    width: 8,
    queries: [[sum(durations({ suffix: '_bucket' }), 'le'), '{{le}}']],
  }),
  lines({
    title: 'Duration p95 by model',
    about: 'Which model became slow.',
    unit: 's',
    width: 8,
    exemplars: true,
    queries: [[durationQuantile(0.95, MODEL), modelName]],
  }),
  lines({
    title: 'Duration p95, now and before',
    about: 'The same percentile a day and a week earlier: is it slow, or is it always so at this hour.',
    unit: 's',
    width: 8,
    dashed: ['a day earlier', 'a week earlier'],
    queries: [
      [durationQuantile(0.95, []), 'now'],
      [durationQuantile(0.95, [], { offset: '1d' }), 'a day earlier'],
      [durationQuantile(0.95, [], { offset: '1w' }), 'a week earlier'],
    ],
  }),
  lines({
    title: 'Duration p95 by service',
    about: 'Which service waits longest: its prompts, its answers or its limiter may be the reason.',
    unit: 's',
    width: 8,
    queries: [[durationQuantile(0.95, ['purser.service']), legend('purser.service')]],
  }),
  lines({
    title: 'Embeddings p95 by model',
    about: 'Duration of embeddings calls; they are part of the durations above but much shorter.',
    unit: 's',
    width: 8,
    quiet: 'no embeddings',
    queries: [[quantile(0.95, 'gen_ai.client.embeddings.duration', MODEL), modelName]],
  }),
];

const streams = [
  lines({
    title: 'Time to first chunk by model',
    about: 'Median and 95th percentile of the time until a stream shows its first chunk: what a person at the screen feels.',
    unit: 's',
    width: 8,
    exemplars: true,
    queries: [
      [quantile(0.5, FIRST_CHUNK, MODEL), `${modelName} p50`],
      [quantile(0.95, FIRST_CHUNK, MODEL), `${modelName} p95`],
    ],
  }),
  heatmap({
    title: 'Distribution of times to first chunk',
    about: 'How many streams waited how long for their first chunk.',
    unit: 's',
    width: 8,
    queries: [[sum(rate(FIRST_CHUNK, { suffix: '_bucket' }), 'le'), '{{le}}']],
  }),
  lines({
    title: 'Time between chunks p95 by model',
    about: 'Mean time between the chunks of a stream; a rise shows as stutter.',
    unit: 's',
    width: 8,
    queries: [[quantile(0.95, 'gen_ai.client.inference.time_per_output_chunk', MODEL), modelName]],
  }),
  lines({
    title: 'Output speed by model',
    about: 'Output tokens a second of the median call, after its first chunk.',
    unit: 'short',
    width: 8,
    queries: [[quantile(0.5, 'purser.output_speed', MODEL), modelName]],
  }),
  lines({
    title: 'Share of streamed calls',
    about: 'Calls that were read as a stream, by service. Long answers without a stream make people wait.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [
      [
        `${sum(rate('purser.calls', { where: 'purser_stream="true"' }), 'purser.service')} / ${sum(rate('purser.calls'), 'purser.service')}`,
        legend('purser.service'),
      ],
    ],
  }),
  lines({
    title: 'Tool run time p95',
    about: 'Time that tools took in the app while a tool runner waited for them.',
    unit: 's',
    width: 8,
    quiet: 'no tools run',
    queries: [[quantile(0.95, 'gen_ai.execute_tool.duration', ['gen_ai.tool.name']), legend('gen_ai.tool.name')]],
  }),
];

const load = [
  lines({
    title: 'Calls per second by model',
    about: 'How the traffic is spread.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [[sum(rate('purser.calls'), ...MODEL), modelName]],
  }),
  lines({
    title: 'In flight by provider',
    about: 'Calls that run now. A rise at a steady rate of calls means that the provider became slow.',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [[sum(value('purser.calls.in_flight'), 'gen_ai.provider.name'), legend('gen_ai.provider.name')]],
  }),
  lines({
    title: 'Wait for limiters p95',
    about: 'Time that calls waited for one of your rate limits before they were sent.',
    unit: 's',
    width: 8,
    quiet: 'nothing waits',
    queries: [[quantile(0.95, 'purser.queue.wait', ['purser.rule']), legend('purser.rule')]],
  }),
  lines({
    title: 'Waiting for limiters',
    about:
      'Calls that wait now for room in one of your rate limits, over all processes. A line that does not come down again means that the limit is too low for the load.',
    unit: 'short',
    width: 6,
    quiet: 'nothing waits',
    queries: [[sum(value('purser.queue.length'), 'purser.rule'), legend('purser.rule')]],
  }),
  lines({
    title: 'Size of calls',
    about: 'Input and output tokens of one call. Duration follows output; a longer prompt moves the first chunk.',
    unit: 'short',
    width: 6,
    queries: [
      [quantile(0.5, 'gen_ai.client.inference.operation.input_tokens', []), 'input p50'],
      [quantile(0.95, 'gen_ai.client.inference.operation.input_tokens', []), 'input p95'],
      [quantile(0.5, 'gen_ai.client.inference.operation.output_tokens', []), 'output p50'],
      [quantile(0.95, 'gen_ai.client.inference.operation.output_tokens', []), 'output p95'],
    ],
  }),
  bars({
    title: 'Calls per second by operation',
    about: 'Chat, embeddings, images and the rest.',
    unit: 'reqps',
    width: 6,
    queries: [[`sort_desc(${sum(rate('purser.calls', { range: '$__range' }), 'gen_ai.operation.name')})`, legend('gen_ai.operation.name')]],
  }),
  lines({
    title: "Purser's own share",
    about: "Event-loop time that Purser took in the app's processes, and how long its policies took to answer.",
    unit: 's',
    width: 6,
    queries: [
      [`1000 * (${orZero(sum(rate('purser.overhead')))}) / ${started}`, 'event loop per 1,000 calls'],
      [quantile(0.99, 'purser.policy.admit.duration', []), 'policy answer p99'],
    ],
  }),
];

/** How quick calls are, and what they wait for. */
export const latency: Frame = {
  uid: 'purser-latency',
  title: 'Purser / Latency and throughput',
  about: 'How long calls and first chunks take, by model, provider and service, against a day and a week ago; how fast tokens come and what waits.',
  sections: [
    { title: 'At a glance', panels: summary },
    { title: 'Duration', panels: duration },
    { title: 'Streams and tools', panels: streams },
    { title: 'Load', panels: load },
  ],
};
