import { conventionFinishReason } from '../finish-reasons.ts';
import type { Part } from '../content.ts';
import type { Json } from '../json.ts';
import { geminiContent } from './gemini-parts.ts';

const isText = (part: Part | undefined): boolean => part?.type === 'text' || part?.type === 'reasoning';

// Pieces of one text arrive as parts of their own; neighbours of one kind become one part.
const add = (parts: Part[], part: Part): void => {
  const last = parts.at(-1);
  if (last !== undefined && last.type === part.type && isText(part))
    parts[parts.length - 1] = { ...last, content: `${String(last['content'])}${String(part['content'])}` };
  else parts.push(part);
};

/** Gathers the candidates of a Gemini response as messages of the convention. */
export class GeminiOutput {
  readonly #candidates = new Map<number, Part[]>();

  /** Adds what a chunk says of a candidate. */
  candidate(index: number, candidate: Json): void {
    if (index < 0 || index > 1000) return;
    const parts = this.#candidates.get(index) ?? [];
    this.#candidates.set(index, parts);
    for (const part of geminiContent(candidate['content'] ?? { parts: [] })) add(parts, part);
  }

  /** Gives one message for each candidate, in order. */
  messages(finishReasons: readonly string[]): unknown {
    const order = [...this.#candidates.entries()].sort(([a], [b]) => a - b);
    return order.map(([index, parts]) => ({ role: 'assistant', parts, finish_reason: conventionFinishReason(finishReasons[index] ?? '') }));
  }
}
