// A cut inside a token could leave half a key that no detector knows: it goes back to the last place between tokens.
const TOKEN_CHAR = /[A-Za-z0-9_+/=.~%-]/;
const MAX_BACK = 4096;
const PARSED_AT_MOST = 16_777_216;
const MAX_DEPTH = 64;
const NOTE_ROOM = 32;

const cut = (text: string, maxChars: number): string => {
  if (text.length <= maxChars) return text;
  let at = Math.max(0, maxChars - NOTE_ROOM);
  const floor = Math.max(0, at - MAX_BACK);
  while (at > floor && TOKEN_CHAR.test(text.charAt(at - 1))) at--;
  if (/[\ud800-\udbff]/.test(text.charAt(at - 1))) at--;
  return `${text.slice(0, at)}[+${text.length - at} characters]`;
};

const trimmed = (value: unknown, maxString: number, maxItems: number, depth: number): unknown => {
  if (typeof value === 'string') return cut(value, maxString);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => trimmed(item, maxString, maxItems, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, maxItems)
      .map(([key, item]) => [cut(key, maxString), trimmed(item, maxString, maxItems, depth + 1)]),
  );
};

const cutJson = (text: string, maxChars: number): string | undefined => {
  const first = text.trimStart().charAt(0);
  if ((first !== '{' && first !== '[') || text.length > PARSED_AT_MOST) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    for (let share = 4; share <= 16_384; share *= 4) {
      const shorter = JSON.stringify(trimmed(value, Math.max(NOTE_ROOM * 2, Math.floor(maxChars / share)), Math.max(4, Math.floor(4096 / share)), 0));
      if (shorter.length <= maxChars) return shorter;
    }
  } catch {
    // Not JSON after all: it is cut like any text.
  }
  return undefined;
};

/** Shortens a text to at most `maxChars` characters: JSON stays JSON, other text is cut between tokens and says how much is gone. */
export const capped = (text: string, maxChars: number): string => (text.length <= maxChars ? text : (cutJson(text, maxChars) ?? cut(text, maxChars)));
