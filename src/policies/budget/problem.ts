/** One thing in a budget's config that cannot be used. */
export interface BudgetProblem {
  /** Where it stands: `budgets[0].window.tz`. */
  readonly path: string;
  readonly seen: string;
  readonly wanted: string;
}

/** A record of raw config whose keys may be in camelCase or snake_case. Collects what is wrong with it. */
export interface RawRecord {
  readonly path: string;
  /** Gives the raw value of a key, by its camelCase name. */
  get(name: string): unknown;
  /** Notes a problem with a key. Gives `undefined`, for brevity. */
  bad(name: string, wanted: string): undefined;
  /** Notes a problem for each key that was never asked for. */
  unknownKeys(): void;
}

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Shows a value in an error: short and in one line. */
export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** Whether a value is a plain record. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Opens a record of raw config for reading. */
export const readRecord = (raw: Readonly<Record<string, unknown>>, path: string, problems: BudgetProblem[]): RawRecord => {
  const asked = new Set<string>();
  const get = (name: string): unknown => {
    asked.add(name).add(snake(name));
    return raw[name] ?? raw[snake(name)];
  };
  return {
    path,
    get,
    bad: (name, wanted) => {
      problems.push({ path: `${path}.${name}`, seen: show(get(name)), wanted });
      return undefined;
    },
    unknownKeys: () => {
      for (const key of Object.keys(raw)) if (!asked.has(key)) problems.push({ path: `${path}.${key}`, seen: show(raw[key]), wanted: 'no such key' });
    },
  };
};

/** Reads one of several words; notes a problem for another. Gives `fallback` where nothing stands. */
export const readWord = <T extends string>(record: RawRecord, name: string, words: readonly T[], fallback: T | undefined): T | undefined => {
  const raw = record.get(name);
  if (raw === undefined) return fallback ?? record.bad(name, words.join(' | '));
  return words.find((word) => word === raw) ?? record.bad(name, words.join(' | '));
};

/** Reads a number within bounds, both included; notes a problem for another. Gives `fallback` where nothing stands. */
export const readNumber = <T extends number | undefined>(record: RawRecord, name: string, from: number, to: number, fallback: T): number | T => {
  const raw = record.get(name);
  if (raw === undefined) return fallback;
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof value === 'number' && value >= from && value <= to) return value;
  record.bad(name, `a number from ${from} to ${to}`);
  return fallback;
};

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads a length of time such as `90s`, `15m`, `24h` or `7d` in milliseconds; a plain number is milliseconds. */
export const parseDuration = (raw: unknown): number | undefined => {
  if (typeof raw === 'number') return Number.isFinite(raw) && raw > 0 ? Math.round(raw) : undefined;
  const found = typeof raw === 'string' ? /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(raw.trim()) : null;
  return found === null ? undefined : Math.round(Number(found[1]) * (DURATION_MS[found[2] ?? ''] ?? 0)) || undefined;
};
