import type { Json } from './json.ts';
import { textSize } from './text-size.ts';

/** How large a prompt is. */
interface PromptSize {
  /** The size, as `textSize` counts it, of everything that the model reads as text: messages, instructions, tools and schemas, names included. */
  readonly chars: number;
  readonly hasMedia: boolean;
}

/** The most values that are looked at in one prompt; a larger one is not measured, for half a bound is none. */
const MOST_VALUES = 200_000;
const DEEPEST = 40;

// Below these names stand bytes, addresses of bytes or ids of files, in one dialect or another.
const MEDIA: ReadonlySet<string> = new Set([
  'image_url',
  'input_audio',
  'file_data',
  'file_url',
  'file_id',
  'inlineData',
  'inline_data',
  'fileData',
  'file_uri',
  'fileUri',
  'bytesBase64Encoded',
  'bytes',
  's3Location',
  'gcsUri',
]);
// Opaque state that the provider made itself; counting it would only widen the bound.
const OPAQUE: ReadonlySet<string> = new Set(['signature', 'thoughtSignature', 'thought_signature', 'encrypted_content', 'cache_control']);

// A source or a blob with bytes: {type: 'base64', data}, {type: 'data', data}, {mimeType, data}, {format, data}.
const BYTES: ReadonlySet<unknown> = new Set(['base64', 'data']);
const KINDS = ['mimeType', 'mime_type', 'mediaType', 'format'];

class Meter {
  chars = 0;
  hasMedia = false;
  left = MOST_VALUES;

  measure(value: unknown, depth: number): void {
    if (--this.left < 0) return;
    if (typeof value === 'string') this.chars += textSize(value);
    else if (typeof value === 'number') this.chars += 4;
    else if (typeof value === 'object' && value !== null) this.inside(value, depth);
  }

  private inside(value: object, depth: number): void {
    if (depth > DEEPEST) this.left = -1;
    else if (Array.isArray(value)) for (let at = 0; at < value.length && this.left >= 0; at++) this.measure(value[at], depth + 1);
    else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) this.hasMedia = true;
    else this.members(value as Json, depth);
  }

  private members(value: Json, depth: number): void {
    const holdsBytes = typeof value['data'] === 'string' && (BYTES.has(value['type']) || KINDS.some((kind) => kind in value));
    for (const name in value) {
      if (!Object.hasOwn(value, name)) continue;
      if (MEDIA.has(name) || (holdsBytes && name === 'data') || (name === 'url' && value['type'] === 'url')) this.hasMedia = true;
      else if (!OPAQUE.has(name)) {
        this.chars += textSize(name);
        this.measure(value[name], depth + 1);
      }
    }
  }
}

/** Measures the parts of a prompt in one linear walk; `undefined` when it is too large or too deep to be bounded this way. */
export const promptSize = (parts: readonly unknown[]): PromptSize | undefined => {
  const meter = new Meter();
  for (const part of parts) meter.measure(part, 0);
  return meter.left < 0 ? undefined : { chars: meter.chars, hasMedia: meter.hasMedia };
};
