import type { Part } from '../content.ts';
import {
  parsedArguments,
  partsFrom,
  reasoningPart,
  serverToolPart,
  serverToolResponsePart,
  textPart,
  toolCallPart,
  toolResponsePart,
  unknownPart,
} from '../content.ts';
import type { Json } from '../json.ts';
import { str } from '../json.ts';
import { blobPart, uriPart } from '../media.ts';

const MEDIA: ReadonlySet<unknown> = new Set(['image', 'audio', 'video', 'document']);

const contentPart = (part: Json): readonly Part[] => {
  const type = str(part['type']);
  if (type === 'text') return textPart(part['text']);
  if (!MEDIA.has(type)) return [unknownPart(part)];
  const uri = str(part['uri']);
  const mimeType = str(part['mime_type']);
  return [uri === undefined ? blobPart(part['data'], mimeType, type) : uriPart(uri, mimeType, type)];
};

/** Gives the role and parts of one step or content of an interaction. */
export const stepMessage = (step: Json): { readonly role: string; readonly parts: readonly Part[] } => {
  const type = str(step['type']) ?? 'unknown';
  switch (type) {
    case 'user_input':
      return { role: 'user', parts: partsFrom(step['content'], contentPart) };
    case 'model_output':
      return { role: 'assistant', parts: partsFrom(step['content'], contentPart) };
    case 'thought':
      return { role: 'assistant', parts: partsFrom(step['summary'], (part) => reasoningPart(part['text'])) };
    case 'function_call':
      return { role: 'assistant', parts: [toolCallPart(step['id'], step['name'], step['arguments'])] };
    case 'function_result':
      return { role: 'tool', parts: [toolResponsePart(step['call_id'], step['result'])] };
    default:
      return otherStep(step, type);
  }
};

const otherStep = (step: Json, type: string): { readonly role: string; readonly parts: readonly Part[] } => {
  const { signature: _signature, type: _type, ...details } = step;
  if (type.endsWith('_call')) return { role: 'assistant', parts: [serverToolPart(step['id'], type.slice(0, -5), type, details)] };
  if (type.endsWith('_result')) return { role: 'assistant', parts: [serverToolResponsePart(step['call_id'], type, details)] };
  return { role: 'assistant', parts: contentPart(step) };
};

interface Slot {
  readonly step: Json;
  text: string;
  written: string;
}

const partsOf = ({ step, text, written }: Slot): readonly Part[] => {
  const whole = written === '' ? step : { ...step, arguments: parsedArguments(written) };
  if (text === '') return stepMessage(whole).parts;
  return step['type'] === 'thought' ? reasoningPart(text) : [...stepMessage(whole).parts, ...textPart(text)];
};

/** Gathers the steps of an interaction as one message of the convention. */
export class InteractionOutput {
  readonly #slots = new Map<number, Slot>();

  /** Takes a step, or the beginning of one. */
  step(index: unknown, step: Json): void {
    if (this.#slots.size < 10_000)
      this.#slots.set(typeof index === 'number' ? index : this.#slots.size, { step: structuredClone(step), text: '', written: '' });
  }

  /** Adds a piece to a step. */
  delta(index: unknown, delta: Json): void {
    const slot = this.#slots.get(typeof index === 'number' ? index : -1);
    if (slot === undefined) return;
    slot.text += str(delta['text']) ?? '';
    slot.written += str(delta['arguments']) ?? '';
  }

  /** Gives the message, or none while nothing came. */
  messages(): unknown {
    const parts = [...this.#slots.entries()].sort(([a], [b]) => a - b).flatMap(([, slot]) => partsOf(slot));
    return parts.length > 0 ? [{ role: 'assistant', parts }] : [];
  }
}
