/** Headers as undici keeps them: a flat list of names and values, a record, or the text of undici 5. */
export type RawHeaders = readonly unknown[] | Readonly<Record<string, unknown>> | string | null | undefined;

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(textOf).join(', ') : value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);

const fromText = (headers: string): Record<string, string> => {
  const all: Record<string, string> = {};
  for (const line of headers.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) all[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return all;
};

const fromList = (headers: readonly unknown[]): Record<string, string> => {
  const all: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) all[textOf(headers[at]).toLowerCase()] = textOf(headers[at + 1]);
  return all;
};

const fromRecord = (headers: Readonly<Record<string, unknown>>): Record<string, string> => {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) all[name.toLowerCase()] = textOf(value);
  return all;
};

/** Gives a look into headers by lower-case name; they are read when first asked. */
export const rawHeaders = (headers: RawHeaders): ((name: string) => string | undefined) => {
  let all: Readonly<Record<string, string>> | undefined;
  return (name) => {
    if (headers === undefined || headers === null) return undefined;
    all ??=
      typeof headers === 'string' ? fromText(headers) : Array.isArray(headers) ? fromList(headers) : fromRecord(headers as Readonly<Record<string, unknown>>);
    return all[name];
  };
};
