const bytes = Buffer.alloc(16);
const words = new Uint32Array(bytes.buffer, bytes.byteOffset, 4);
const RANGE = 2 ** 32;

const fill = (count: number): void => {
  for (let index = 0; index < count; index += 1) words[index] = Math.random() * RANGE;
  // An id of zeros means none.
  words[0] ||= 1;
};

/** Makes a span id: 16 hex digits, never all zero. */
export const newSpanId = (): string => {
  fill(2);
  return bytes.toString('hex', 0, 8);
};

/** Makes a trace id: 32 hex digits, never all zero. */
export const newTraceId = (): string => {
  fill(4);
  return bytes.toString('hex', 0, 16);
};
