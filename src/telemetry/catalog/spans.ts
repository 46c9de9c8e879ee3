import type { Operation } from '../../call/call.ts';
import type { AttributePlace } from './attribute-entry.ts';

/** One type of span: all that names, kinds and docs need to agree on. */
export interface SpanEntry {
  readonly type: string;
  /** The place under which the attribute catalog lists what the span carries. */
  readonly place: AttributePlace;
  readonly kind: 'client' | 'internal';
  readonly operations: readonly Operation[];
  /** The format of the name; `{operation}` alone when the model is not known. */
  readonly name: string;
  readonly description: string;
  readonly source: string;
}

const GENAI = 'https://github.com/open-telemetry/semantic-conventions-genai (main, 2026-11)';
const MODEL_NAME = '{gen_ai.operation.name} {gen_ai.request.model}';

/** Every type of span that Purser makes. Types themselves are not visible in telemetry; names, kinds and attributes are. */
export const SPANS: readonly SpanEntry[] = [
  {
    type: 'gen_ai.client.inference',
    place: 'inference',
    kind: 'client',
    operations: ['chat', 'generate_content', 'text_completion'],
    name: MODEL_NAME,
    description: 'One call that makes a model generate, retries and the whole stream included.',
    source: GENAI,
  },
  {
    type: 'gen_ai.client.embeddings',
    place: 'embeddings',
    kind: 'client',
    operations: ['embeddings'],
    name: MODEL_NAME,
    description: 'One call for embeddings.',
    source: GENAI,
  },
  {
    type: 'gen_ai.fetch_response.client',
    place: 'fetch_response',
    kind: 'client',
    operations: ['fetch_response'],
    name: '{gen_ai.operation.name}',
    description: 'One call that reads a stored response; it carries no token usage.',
    source: GENAI,
  },
  {
    type: 'gen_ai.invoke_agent.client',
    place: 'operation',
    kind: 'client',
    operations: ['invoke_agent'],
    name: 'invoke_agent',
    description: 'One call that sets an agent to work which its provider runs. What that uses is known only where the answer itself says so.',
    source: GENAI,
  },
  {
    type: 'purser.operation',
    place: 'operation',
    kind: 'client',
    operations: ['moderation', 'count_tokens', 'batch', 'other'],
    name: MODEL_NAME,
    description: 'One call that the convention has no type for. The one that reads the results of a batch carries what all of its requests used.',
    source: 'purser',
  },
  {
    type: 'gen_ai.execute_tool.internal',
    place: 'tool',
    kind: 'internal',
    operations: ['execute_tool'],
    name: 'execute_tool {gen_ai.tool.name}',
    description: 'One tool that a tool runner of an SDK executes in the app.',
    source: GENAI,
  },
];

const byOperation = new Map(SPANS.flatMap((entry) => entry.operations.map((operation) => [operation, entry] as const)));
const FALLBACK = SPANS.find((entry) => entry.type === 'purser.operation') as SpanEntry;

/** Gives the type of span for an operation. */
export const spanEntry = (operation: Operation): SpanEntry => byOperation.get(operation) ?? FALLBACK;
