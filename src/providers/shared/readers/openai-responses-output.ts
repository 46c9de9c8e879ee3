import type { Part } from '../content.ts';
import type { Json } from '../json.ts';
import { str } from '../json.ts';
import { itemMessage } from './openai-responses-items.ts';

interface Slot {
  item: Json;
  text: string;
}

// A piece of text that was streamed and whose item never came whole.
const pieceOf = (slot: Slot): readonly Part[] => {
  const type = slot.item['type'];
  if (slot.text === '') return [];
  if (type === 'reasoning') return [{ type: 'reasoning', content: slot.text }];
  if (type === 'function_call' || type === 'custom_tool_call') return itemMessage({ ...slot.item, arguments: slot.text, input: slot.text }).parts;
  return [{ type: 'text', content: slot.text }];
};

/** Gathers the output of a response as one message of the convention; a stream that is cut keeps what came. */
export class ResponsesOutput {
  readonly #slots = new Map<number, Slot>();
  #whole: readonly Part[] | undefined = undefined;

  /** Adds a piece of text of an item. */
  delta(event: Json): void {
    const slot = this.#slot(event['output_index']);
    // A summary and open reasoning would mix; so would the arguments of a tool and its text, but those never share an item.
    if (str(event['type'])?.includes('audio.delta') !== true) slot.text += str(event['delta']) ?? '';
  }

  /** Takes an item as it was added or done. */
  item(index: unknown, item: Json): void {
    const slot = this.#slot(index);
    const parts = itemMessage(item).parts;
    slot.item = { type: item['type'], id: item['id'], call_id: item['call_id'], name: item['name'], parts };
  }

  /** Takes the items of a whole answer. */
  whole(items: readonly Json[]): void {
    this.#whole = items.flatMap((item) => itemMessage(item).parts);
  }

  /** Gives the message, or none while nothing came. */
  messages(): unknown {
    const parts = this.#whole ?? [...this.#slots.entries()].sort(([a], [b]) => a - b).flatMap(([, slot]) => partsOf(slot));
    return parts.length > 0 ? [{ role: 'assistant', parts }] : [];
  }

  #slot(index: unknown): Slot {
    const at = typeof index === 'number' ? index : 0;
    const slot = this.#slots.get(at) ?? { item: {}, text: '' };
    if (this.#slots.size < 10_000) this.#slots.set(at, slot);
    return slot;
  }
}

const isEmpty = (part: Part): boolean =>
  part.type === 'tool_call' && typeof part['arguments'] === 'object' && Object.keys(part['arguments'] ?? {}).length === 0;

const partsOf = (slot: Slot): readonly Part[] => {
  const parts = (slot.item['parts'] ?? []) as readonly Part[];
  return parts.length > 0 && !(slot.text !== '' && parts.every(isEmpty)) ? parts : pieceOf(slot);
};
