/**
 * Says whether `key`, written with its quotes, stands in the raw JSON with a value other than null. Looks at the text only: a key inside a
 * string has a backslash before its quotes and is not found.
 */
export const isSet = (data: string, key: string): boolean => {
  for (let at = data.indexOf(key); at >= 0; at = data.indexOf(key, at + key.length)) {
    let value = at + key.length;
    let code = data.charCodeAt(value);
    while (code === 58 || code === 32) code = data.charCodeAt(++value);
    // `n` begins null; a quote with a quote behind it is an empty text.
    if (code !== 110 && !(code === 34 && data.charCodeAt(value + 1) === 34)) return true;
  }
  return false;
};

/** Gives the length of the raw text value of `key`, escapes counted as written, or 0 where it has none. For estimates only. */
export const textLength = (data: string, key: string): number => {
  const at = data.indexOf(key);
  if (at < 0) return 0;
  const from = data.indexOf('"', at + key.length);
  if (from < 0) return 0;
  let to = data.indexOf('"', from + 1);
  while (to > 0 && data.charCodeAt(to - 1) === 92) to = data.indexOf('"', to + 1);
  return to < 0 ? 0 : to - from - 1;
};
