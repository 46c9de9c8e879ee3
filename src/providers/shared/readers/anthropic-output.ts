import type { Part } from '../content.ts';
import { parsedArguments } from '../content.ts';
import type { Json } from '../json.ts';
import { str } from '../json.ts';
import { blockParts } from './anthropic-blocks.ts';

interface Slot {
  readonly block: Json;
  text: string;
  thinking: string;
  written: string;
}

const partsOf = (slot: Slot): readonly Part[] => {
  const { block, text, thinking, written } = slot;
  return blockParts({
    ...block,
    ...(text === '' ? {} : { text: (str(block['text']) ?? '') + text }),
    ...(thinking === '' ? {} : { thinking: (str(block['thinking']) ?? '') + thinking }),
    ...(written === '' ? {} : { input: parsedArguments(written) }),
  });
};

/** Gathers the blocks of an answer as one message of the convention. */
export class AnthropicOutput {
  readonly #slots = new Map<number, Slot>();

  /** Takes a block of a whole answer, or the beginning of one. */
  block(index: unknown, block: Json): void {
    if (this.#slots.size < 10_000)
      this.#slots.set(typeof index === 'number' ? index : this.#slots.size, { block: structuredClone(block), text: '', thinking: '', written: '' });
  }

  /** Adds a piece to a block. */
  delta(index: unknown, delta: Json): void {
    const slot = this.#slots.get(typeof index === 'number' ? index : -1);
    if (slot === undefined) return;
    slot.text += str(delta['text']) ?? '';
    slot.thinking += str(delta['thinking']) ?? '';
    slot.written += str(delta['partial_json']) ?? '';
  }

  /** Gives the message, or none while nothing came. */
  messages(): unknown {
    const parts = [...this.#slots.entries()].sort(([a], [b]) => a - b).flatMap(([, slot]) => partsOf(slot));
    return parts.length > 0 ? [{ role: 'assistant', parts }] : [];
  }
}
