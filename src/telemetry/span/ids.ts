const WORD = 2 ** 32;
const word = (): string =>
  Math.floor(Math.random() * WORD)
    .toString(16)
    .padStart(8, '0');

/** Makes a span id: 16 hex digits, never all zero. */
export const newSpanId = (): string => {
  const id = word() + word();
  return id === '0000000000000000' ? newSpanId() : id;
};

/** Makes a trace id: 32 hex digits, never all zero. */
export const newTraceId = (): string => newSpanId() + newSpanId();
