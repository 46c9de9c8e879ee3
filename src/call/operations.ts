import type { Call, Dialect, Operation } from './call.ts';

/** What an operation can do to a bill and to the room that a provider gives. */
export interface OperationTraits {
  /** What a model reads and writes for it: nothing where it only tells of what was made, or makes what has no tokens. */
  readonly tokens: 'none' | 'input' | 'input_and_output';
  /** Whether it may bring about a bill of its own, so that refusing it saves something. */
  readonly spends: boolean;
  /** Where it is said what it used: nowhere, for it costs nothing by itself; `elsewhere`, so that its cost is unknown unless its answer says so; or in its answer. */
  readonly usage: 'none' | 'elsewhere' | 'in_answer';
  /** Whether it asks a model for something, and so takes room of limits. */
  readonly limited: boolean;
}

const generating: OperationTraits = { tokens: 'input_and_output', spends: true, usage: 'in_answer', limited: true };
/** A stored answer, counted by the call that made it, and what is free of charge. */
const looking: OperationTraits = { tokens: 'none', spends: false, usage: 'none', limited: false };
/** What a batch makes is paid for when it is made, and told when its results are read; of other paths nobody knows. */
const managing: OperationTraits = { ...looking, spends: true };

const OPERATIONS: Readonly<Record<Operation, OperationTraits>> = {
  chat: generating,
  generate_content: generating,
  text_completion: generating,
  embeddings: { ...generating, tokens: 'input' },
  invoke_agent: { ...generating, usage: 'elsewhere' },
  moderation: { ...managing, limited: true },
  fetch_response: looking,
  count_tokens: looking,
  execute_tool: looking,
  batch: managing,
  other: managing,
};

/** What is true of all calls of an operation. */
export const traitsOf = ({ operation }: Pick<Call, 'operation'>): OperationTraits => OPERATIONS[operation];

/** Videos are made later, and billed by the second. */
const MADE_LATER: ReadonlySet<Dialect> = new Set<Dialect>(['openai.videos', 'google.videos']);

/** Whether the answer of a call ought to say what it used. */
export const tellsUsage = (call: Pick<Call, 'operation' | 'dialect'>): boolean => traitsOf(call).usage === 'in_answer' && !MADE_LATER.has(call.dialect);

/** Whether a call may bring about a bill. What is billed on another call's account may be told of by one that does not. */
export const canSpend = (call: Pick<Call, 'spends' | 'operation'>): boolean => call.spends !== false && traitsOf(call).spends;
