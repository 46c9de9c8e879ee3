import type { Part } from '../content.ts';
import { toolCallPart } from '../content.ts';
import { str } from '../json.ts';

interface Call {
  readonly id: unknown;
  readonly name: unknown;
  args: unknown;
}

/** Gathers text, reasoning and tool calls in the order in which they came, as one message of the convention. */
export class Parts {
  readonly #pieces: ({ readonly kind: 'text' | 'reasoning'; text: string } | { readonly kind: 'call'; readonly call: Call })[] = [];

  /** Adds text. */
  text(piece: unknown): void {
    this.#add('text', piece);
  }

  /** Adds reasoning. */
  reasoning(piece: unknown): void {
    this.#add('reasoning', piece);
  }

  /** Begins a tool call, with its arguments as far as they are known. */
  call(id: unknown, name: unknown, args: unknown): void {
    this.#pieces.push({ kind: 'call', call: { id, name, args: args ?? '' } });
  }

  /** Adds a piece of the arguments of the last tool call. */
  written(piece: unknown): void {
    const last = this.#pieces.at(-1);
    if (last?.kind === 'call' && typeof last.call.args === 'string') last.call.args += str(piece) ?? '';
  }

  /** Gives the message, or none while nothing came. */
  message(finishReason?: string): unknown {
    const parts: readonly Part[] = this.#pieces.map((piece) =>
      piece.kind === 'call' ? toolCallPart(piece.call.id, piece.call.name, piece.call.args) : { type: piece.kind, content: piece.text },
    );
    if (parts.length === 0) return [];
    return [{ role: 'assistant', parts, ...(finishReason === undefined ? {} : { finish_reason: finishReason }) }];
  }

  #add(kind: 'text' | 'reasoning', piece: unknown): void {
    const text = str(piece);
    if (text === undefined) return;
    const last = this.#pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else this.#pieces.push({ kind, text });
  }
}
