/** One kind of error: its sentence with `{placeholders}`, its HTTP status where it goes to an app, and whether a new try may help. */
interface ErrorKind {
  readonly message: string;
  readonly status?: number;
  readonly retryable: boolean;
  readonly meaning: string;
}

/** Every error that Purser throws on purpose. ERRORS.md is generated from this table. */
export const ERRORS = {
  budget_exhausted: {
    message: 'The budget "{rule}" is used up: {spent} of {limit} spent{resets}.',
    status: 402,
    retryable: false,
    meaning: 'A budget in enforce mode has no room left in this window. Calls pass again when the window ends or the limit is raised.',
  },
  budget_in_flight: {
    message: 'The budget "{rule}" has room, but calls in flight hold it: {spent} spent and {reserved} reserved of {limit}.',
    status: 402,
    retryable: true,
    meaning: 'What is left is reserved by calls that still run. A later try may pass when they end.',
  },
  request_exceeds_budget: {
    message: 'This call alone may cost more than the budget "{rule}" allows: up to {needed} against a limit of {limit}.',
    status: 402,
    retryable: false,
    meaning: 'The upper bound of this one request is over the whole limit. Lower max tokens, shorten the prompt or raise the limit.',
  },
  rate_limited: {
    message: 'The limit "{rule}" is reached: {seen} of {limit} {unit} in {window}.',
    status: 429,
    retryable: true,
    meaning: 'A configured rate limit has no room for the call, and it may not wait, or has waited until its deadline.',
  },
  concurrency_limited: {
    message: 'The limit "{rule}" is reached: {seen} of {limit} calls in flight.',
    status: 429,
    retryable: true,
    meaning: 'A configured bound on calls in flight is reached, and the call may not wait, or has waited until its deadline.',
  },
  policy_unavailable: {
    message: 'The store of "{rule}" cannot be reached, and {why}.',
    status: 402,
    retryable: true,
    meaning:
      'The store behind a budget or limit did not answer, and `on_store_unavailable` is `block`, or `local` and the process has used its share of the limit, or has none yet.',
  },
  config_invalid: {
    message: '{where}: {key} is {seen}, wanted {wanted}.{hint}',
    retryable: false,
    meaning: 'An option has a value that cannot be used. Unless `strict` is on, the safe default holds and the app starts.',
  },
  config_unreadable: {
    message: 'The config file {file} cannot be read: {reason}',
    retryable: false,
    meaning: 'The file named by PURSER_CONFIG, or the one found, cannot be opened or parsed.',
  },
  input_invalid: {
    message: '{where}: {key} is {seen}, wanted {wanted}.',
    retryable: false,
    meaning: 'A command was given input that it cannot use; nothing was changed.',
  },
} as const satisfies Record<string, ErrorKind>;

/** The code of an error in the table. */
export type ErrorCode = keyof typeof ERRORS;

/** The HTTP status that an app sees for a refusal: 429 for limits, 402 for budgets. */
export const refusalStatus = (code: ErrorCode): number => {
  const kind: ErrorKind = ERRORS[code];
  return kind.status ?? 402;
};

const BRAND = Symbol.for('purser.error');

/** Fills the placeholders of an error's sentence. */
export const errorMessage = (code: ErrorCode, facts: Readonly<Record<string, string | number>>): string =>
  ERRORS[code].message.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ''));

/** What words an error itself. */
interface Worded extends ErrorOptions {
  /** Its sentence, where that says more than the one of the table. */
  readonly message?: string;
}

/** The one class of error that Purser throws to the app or a command's user. `instanceof` holds over two installed copies. */
export class PurserError extends Error {
  override readonly name = 'PurserError';
  readonly code: ErrorCode;
  /** The facts behind the sentence: limit, spent, key, value seen, value wanted. */
  readonly details: Readonly<Record<string, string | number>>;
  readonly retryable: boolean;

  constructor(code: ErrorCode, details: Readonly<Record<string, string | number>>, options?: Worded) {
    super(options?.message ?? errorMessage(code, details), options);
    this.code = code;
    this.details = details;
    this.retryable = ERRORS[code].retryable;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
