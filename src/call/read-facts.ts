import type { ResponseFacts } from './outcome.ts';
import type { Usage } from './usage.ts';

/** What is known of a response so far. */
export interface ReadFacts {
  readonly response: ResponseFacts;
  readonly usage: Usage | undefined;
  /** An error that came inside the body or the stream of an HTTP 200. */
  readonly error: { readonly type: string; readonly message: string | undefined } | undefined;
  /** UTF-16 units of output text seen so far, for estimates while a stream runs. */
  readonly outputChars: number;
  /** True while the output in `usage` is what a stream said at its beginning, so that `outputChars` tells more. */
  readonly outputIsOpen?: boolean;
  /** True once the dialect's own end of a stream was seen. */
  readonly ended: boolean;
}

/** The facts of a response of which nothing was read. */
export const UNREAD: ReadFacts = { response: {}, usage: undefined, error: undefined, outputChars: 0, ended: false };
