import type { Json } from '../json.ts';
import { list, num, obj, str } from '../json.ts';
import { conventionFinishReason } from '../finish-reasons.ts';
import { parsedArguments } from '../content.ts';

interface ToolCall {
  readonly slot: number;
  readonly id: string | undefined;
  name: string;
  written: string;
}

interface Choice {
  role: string;
  text: string;
  reasoning: string;
  refusal: string;
  audio: string;
  readonly calls: ToolCall[];
}

const begin = (): Choice => ({ role: 'assistant', text: '', reasoning: '', refusal: '', audio: '', calls: [] });

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return list(value)
    .map((part) => str(obj(part)?.['text']) ?? '')
    .join('');
};

const thinkingOf = (value: unknown): string =>
  list(value)
    .map((part) => textOf(obj(part)?.['thinking']))
    .join('');

/** Gathers the choices of a chat or text completion as messages of the convention. */
export class ChatOutput {
  readonly #choices = new Map<number, Choice>();

  /** Adds a choice of a whole answer or a piece of one from a stream. */
  choice(index: number, value: Json): void {
    if (index < 0 || index > 1000) return;
    const choice = this.#choices.get(index) ?? begin();
    this.#choices.set(index, choice);
    const message = obj(value['delta']) ?? obj(value['message']);
    if (message === undefined) {
      choice.text += textOf(value['text']);
      return;
    }
    choice.role = str(message['role']) ?? choice.role;
    choice.text += textOf(message['content']);
    choice.reasoning += textOf(message['reasoning_content'] ?? message['reasoning']) + thinkingOf(message['content']);
    choice.refusal += textOf(message['refusal']);
    choice.audio += textOf(obj(message['audio'])?.['transcript']);
    list(message['tool_calls']).forEach((call, at) => this.#call(choice, call, at));
    if (obj(message['function_call']) !== undefined) this.#call(choice, { function: message['function_call'] }, 0);
  }

  /** Gives one message for each choice, in order. */
  messages(finishReasons: readonly string[]): unknown {
    const order = [...this.#choices.entries()].sort(([a], [b]) => a - b);
    return order.map(([index, choice]) => ({
      role: choice.role,
      parts: partsOf(choice),
      finish_reason: conventionFinishReason(finishReasons[index] ?? ''),
    }));
  }

  #call(choice: Choice, value: unknown, at: number): void {
    const call = obj(value) ?? {};
    const made = obj(call['function']) ?? obj(call['custom']) ?? {};
    const held = this.#held(choice, num(call['index']) ?? at, str(call['id']));
    if (held.name === '') held.name = str(made['name']) ?? '';
    held.written += textOf(made['arguments'] ?? made['input']);
  }

  // A new id at a place that is taken is another call: some hosts put every one at place 0. Pieces without an id go to the newest.
  #held(choice: Choice, slot: number, id: string | undefined): ToolCall {
    const before = choice.calls.findLast((call) => call.slot === slot);
    if (before !== undefined && (id === undefined || before.id === undefined || id === before.id)) return before;
    const begun: ToolCall = { slot, id, name: '', written: '' };
    choice.calls.push(begun);
    return begun;
  }
}

const partsOf = (choice: Choice): readonly unknown[] => [
  ...(choice.reasoning === '' ? [] : [{ type: 'reasoning', content: choice.reasoning }]),
  ...(choice.text === '' ? [] : [{ type: 'text', content: choice.text }]),
  ...(choice.refusal === '' ? [] : [{ type: 'refusal', content: choice.refusal }]),
  ...(choice.audio === '' ? [] : [{ type: 'text', content: choice.audio }]),
  ...choice.calls.map((call) => ({
    type: 'tool_call',
    ...(call.id === undefined ? {} : { id: call.id }),
    name: call.name,
    arguments: parsedArguments(call.written),
  })),
];
