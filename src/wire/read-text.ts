/** A request's body as far as it can be read without taking it from the app. */
export interface BodyRead {
  /** The text, where the body is one and may be put in place of what was sent. */
  readonly text: string | undefined;
  /** The parsed JSON, or form data as a record of its text fields; `null` for a text of another kind. */
  readonly value: unknown;
}

/** Nothing was read. */
export const UNREAD: BodyRead = { text: undefined, value: undefined };

const OTHER: BodyRead = { text: undefined, value: null };

/** Longest body that is parsed, in bytes; no provider takes longer ones. */
export const MOST = 64 * 1024 * 1024;

/** Parses a body's text; what is not JSON has no facts. */
export const readText = (text: string): BodyRead => {
  if (text.length > MOST) return UNREAD;
  try {
    return { text, value: JSON.parse(text) };
  } catch {
    return OTHER;
  }
};
