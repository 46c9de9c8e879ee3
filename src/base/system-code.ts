/** What a code of the system or of a library looks like, such as `ECONNRESET` or `ERR_HTTP2_STREAM_ERROR`. */
const CODE = /^[A-Z][A-Z0-9_]{2,40}$/;
const DEEPEST = 5;

/** Gives the system's or a library's code behind an error, looked for along its causes. */
export const systemCode = (error: unknown): string | undefined => {
  let current = error;
  for (let depth = 0; depth < DEEPEST && typeof current === 'object' && current !== null; depth++) {
    const { code, cause } = current as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string' && CODE.test(code)) return code;
    current = cause;
  }
  return undefined;
};
