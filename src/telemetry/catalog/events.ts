/** One event: on a span, or as a log record. */
export interface EventEntry {
  readonly name: string;
  readonly as: 'span event' | 'log record';
  /** As OpenTelemetry counts: 5 debug, 9 info, 13 warn, 17 error; `by event` where each one says its own. */
  readonly severity: 'DEBUG' | 'WARN' | 'by event' | undefined;
  readonly description: string;
  readonly source: string;
}

const GENAI = 'https://github.com/open-telemetry/semantic-conventions-genai (main, 2026-11)';

/** Every event that telemetry itself makes; governance events come with names of their own under `purser.`. */
export const EVENTS: readonly EventEntry[] = [
  {
    name: 'purser.attempt',
    as: 'span event',
    severity: undefined,
    description: 'One HTTP exchange inside a call: number, status, duration and the wait that the provider asked for.',
    source: 'purser',
  },
  {
    name: 'gen_ai.client.inference.operation.details',
    as: 'log record',
    severity: 'DEBUG',
    description: "The call's attributes with prompt and answer; only when content is captured on events.",
    source: GENAI,
  },
  {
    name: 'gen_ai.client.operation.exception',
    as: 'log record',
    severity: 'WARN',
    description: 'The error that the app got, cleaned.',
    source: GENAI,
  },
  {
    name: 'purser.*',
    as: 'log record',
    severity: 'by event',
    description: 'Something that the person on call should know, such as `purser.budget.threshold`.',
    source: 'purser',
  },
];
