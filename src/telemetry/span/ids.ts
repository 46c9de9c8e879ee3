const RANGE = 2 ** 32;

/** Eight hex digits at random. */
const word = (): string => ((Math.random() * RANGE) >>> 0).toString(16).padStart(8, '0');

/** The same, never all zero: an id of zeros means none. */
const firstWord = (): string => (((Math.random() * (RANGE - 1)) >>> 0) + 1).toString(16).padStart(8, '0');

/** Makes a span id: 16 hex digits, never all zero. */
export const newSpanId = (): string => firstWord() + word();

/** Makes a trace id: 32 hex digits, never all zero. */
export const newTraceId = (): string => firstWord() + word() + word() + word();
